# SPDX-License-Identifier: Apache-2.0
# Writes what tests/oracle/stats/lasso_*_oracle_test.cpp hold the lasso against: glmnet 4.1-6 (R 4.2) on the Wisconsin
# breast cancer table and on the wine table, run to convergence (threshold 1e-20 or less), folds (row - 1) mod 10.
#   Rscript scripts/oracles/lasso.R FOLDER_WITH_WDBC_AND_WINE OUT_FOLDER
suppressMessages(library(glmnet))
folders <- commandArgs(trailingOnly = TRUE)
read_table <- function(name) {
  table <- read.csv(file.path(folders[1], name))
  list(x = as.matrix(table[, -ncol(table)]), y = table[, ncol(table)], fold = (seq_len(nrow(table)) - 1) %% 10 + 1)
}
save_rows <- function(rows, name) {
  write.table(format(rows, digits = 17, trim = TRUE), file.path(folders[2], name), sep = ",", row.names = FALSE,
              quote = FALSE)
}
wdbc <- read_table("wdbc.csv")
wine <- read_table("wine.csv")
options(digits = 17)

# lambda, mean, standard error, coefficients, and which row is lambda.min (2) or lambda.1se (1).
cross_validated <- function(data, name, ...) {
  cv <- cv.glmnet(data$x, data$y, foldid = data$fold, maxit = 1e9, ...)
  chosen <- 2 * (cv$lambda == cv$lambda.min) + (cv$lambda == cv$lambda.1se)
  save_rows(data.frame(lambda = cv$lambda, mean = cv$cvm, sd = cv$cvsd, nonzero = cv$nzero, chosen = chosen), name)
}
cross_validated(wdbc, "cvglmnet_binomial_auc.csv", family = "binomial", type.measure = "auc", thresh = 1e-20)
cross_validated(wdbc, "cvglmnet_binomial_error.csv", family = "binomial", type.measure = "class", thresh = 1e-20)
cross_validated(wdbc, "cvglmnet_gaussian.csv", family = "gaussian", type.measure = "mse", thresh = 1e-20)
cross_validated(wine, "cvglmnet_multinomial.csv", family = "multinomial", type.measure = "deviance", thresh = 1e-16)
cross_validated(wine, "cvglmnet_multinomial_error.csv", family = "multinomial", type.measure = "class", thresh = 1e-16)
# One row for each lambda and coefficient: intercept first (feature 0).
single <- function(data, setting, lambda, thresh = 1e-22, ...) {
  fit <- glmnet(data$x, data$y, lambda = lambda, thresh = thresh, maxit = 1e9, ...)
  beta <- coef(fit)
  if (!is.list(beta)) beta <- list(beta)
  rows <- NULL
  for (k in seq_along(beta))
    rows <- rbind(rows, data.frame(setting = setting, lambda = lambda, class = k - 1,
                                   feature = seq_len(nrow(beta[[k]])) - 1, coefficient = as.numeric(beta[[k]][, 1])))
  rows
}
rows <- NULL
for (lambda in c(.1, .05, .01)) rows <- rbind(rows, single(wdbc, 0, lambda, family = "binomial"))
rows <- rbind(rows, single(wdbc, 1, .05, family = "binomial", alpha = .5))
rows <- rbind(rows, single(wdbc, 2, .05, family = "gaussian"))
for (lambda in c(.1, .05, .01)) rows <- rbind(rows, single(wine, 3, lambda, family = "multinomial"))
for (lambda in c(.1, .05, .01))
  rows <- rbind(rows, single(wine, 4, lambda, 1e-21, family = "multinomial", type.multinomial = "grouped"))
rows <- rbind(rows, single(wine, 5, .05, family = "multinomial", alpha = .5))
save_rows(rows, "glmnet_single_lambdas.csv")
# Its bounded curvature makes the grouped form creep: a smaller threshold would take hours.
cross_validated(wine, "cvglmnet_multinomial_grouped.csv", family = "multinomial", type.measure = "deviance",
                type.multinomial = "grouped", thresh = 1e-12)
