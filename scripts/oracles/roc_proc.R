# SPDX-License-Identifier: Apache-2.0
# AUC, DeLong's interval and test by pROC on its aSAH data: the values of tests/oracle/stats/roc_oracle_test.cpp, and
# asah.csv of TABLES (statistics) compared with the package's own data. Ends with status 1 when the data differ.
#   Rscript scripts/oracles/roc_proc.R TABLES        (Debian: r-cran-proc)
suppressMessages(library(pROC))
table <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "asah.csv"))
data(aSAH)
same <- all(as.character(aSAH$outcome) == table$outcome)
curves <- list()
for (score in c("wfns", "s100b", "ndka")) {
  same <- same && max(abs(as.numeric(aSAH[[score]]) - table[[score]])) == 0
  curves[[score]] <- roc(table$outcome, table[[score]], levels = c("Good", "Poor"), direction = "<")
  interval <- ci.auc(curves[[score]], method = "delong")
  cat(sprintf("%-6s AUC %.15g, 95 %% CI %.15g to %.15g, variance %.15g\n", score, auc(curves[[score]]), interval[1],
              interval[3], var(curves[[score]], method = "delong")))
}
for (pair in list(c("wfns", "s100b"), c("wfns", "ndka"), c("s100b", "ndka"))) {
  test <- roc.test(curves[[pair[1]]], curves[[pair[2]]], method = "delong", paired = TRUE)
  cat(sprintf("%s against %s: Z %.15g, p %.15g\n", pair[1], pair[2], test$statistic, test$p.value))
}
cat(if (same) "the table is the package's\n" else "the table differs from the package's\n")
if (!same) quit(status = 1)
