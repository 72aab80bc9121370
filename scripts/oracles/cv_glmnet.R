# SPDX-License-Identifier: Apache-2.0
# Writes tests/oracle/stats/cvglmnet_binomial_deviance.csv: lambda, mean, standard error and number of coefficients of
# cv.glmnet (R 4.2, glmnet 4.1-6) on the Wisconsin breast cancer table, run to convergence.
#   Rscript scripts/oracles/cv_glmnet.R wdbc.csv OUT.csv
suppressMessages(library(glmnet))
files <- commandArgs(trailingOnly = TRUE)
table <- read.csv(files[1])
x <- as.matrix(table[, 1:30])
y <- table[, 31]
fold <- (seq_len(nrow(x)) - 1) %% 10 + 1
cv <- cv.glmnet(x, y, family = "binomial", foldid = fold, thresh = 1e-20, maxit = 1e9, type.measure = "deviance")
rows <- format(data.frame(cv$lambda, cv$cvm, cv$cvsd, cv$nzero), digits = 17, trim = TRUE)
write.table(rows, files[2], sep = ",", row.names = FALSE, col.names = FALSE, quote = FALSE)
