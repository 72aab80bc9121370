# SPDX-License-Identifier: Apache-2.0
# Writes the AUCs, DeLong's intervals and tests of pROC 1.18 on the aSAH table, which tests/oracle/stats/roc_oracle_test.cpp
# expects (the same values as asah_expected.csv of the reference data).
#   Rscript scripts/oracles/roc.R ASAH.csv OUT.csv
suppressMessages(library(pROC))
files <- commandArgs(trailingOnly = TRUE)
cases <- read.csv(files[1])
curve <- function(name) roc(cases$outcome, cases[[name]], levels = c("Good", "Poor"), direction = "<", quiet = TRUE)
names <- c("wfns", "ndka", "s100b")
curves <- lapply(setNames(names, names), curve)
rows <- list()
add <- function(quantity, value) rows[[length(rows) + 1]] <<- c(quantity, format(as.numeric(value), digits = 15))
for (name in names) add(paste0("auc_", name), auc(curves[[name]]))
limits <- ci.auc(curves$ndka, method = "delong")
add("ci95_delong_ndka_low", limits[1])
add("ci95_delong_ndka_high", limits[3])
compare <- function(a, b, limits) {
  test <- roc.test(curves[[a]], curves[[b]], method = "delong", paired = TRUE)
  pair <- paste0(a, "_vs_", b)
  add(paste0("delong_z_", pair), test$statistic)
  add(paste0("delong_p_", pair), test$p.value)
  if (limits) {
    add(paste0("delong_diff_ci95_low_", pair), test$conf.int[1])
    add(paste0("delong_diff_ci95_high_", pair), test$conf.int[2])
  }
}
compare("wfns", "s100b", TRUE)
compare("wfns", "ndka", FALSE)
compare("ndka", "s100b", FALSE)
writeLines(c("quantity,value", sapply(rows, paste, collapse = ",")), files[2])
