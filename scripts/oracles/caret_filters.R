# SPDX-License-Identifier: Apache-2.0
# What caret's findCorrelation(exact = TRUE) and nearZeroVar drop of WDBC.csv: the values of
# tests/oracle/select/correlation_step_oracle_test.cpp and impute_steps_oracle_test.cpp.
#   Rscript scripts/oracles/caret_filters.R WDBC.csv        (Debian: r-cran-caret)
suppressMessages(library(caret))
x <- as.matrix(read.csv(commandArgs(trailingOnly = TRUE)[1])[, 1:30])
for (method in c("pearson", "spearman")) for (cutoff in c(0.9, 0.75, 0.5)) {
  gone <- findCorrelation(cor(x, method = method), cutoff = cutoff, exact = TRUE)
  cat(method, cutoff, "keeps", paste(setdiff(1:30, gone) - 1, collapse = ", "), "\n")
}
# Rounded coarsely, so that values repeat.
rounded <- t(round(t(x) / apply(x, 2, max) * 4))
for (ratio in c(19, 5)) for (unique in c(10, 0.75)) {
  metrics <- nearZeroVar(rounded, freqCut = ratio, uniqueCut = unique)
  cat("nearZeroVar", ratio, unique, "keeps", paste(setdiff(1:30, metrics) - 1, collapse = ", "), "\n")
}
