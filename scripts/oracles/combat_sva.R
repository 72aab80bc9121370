# SPDX-License-Identifier: Apache-2.0
# sva's ComBat: regenerates combat_sva_*.csv (all 16 modes) and combat_train12_fit.csv from combat_input.csv and
# combat_covars.csv of FOLDER into OUT and compares them with those of FOLDER; and regenerates
# tests/oracle/stats/combat_sva_400.csv. Ends with status 1 when a value differs by more than 1e-9.
#   Rscript scripts/oracles/combat_sva.R FOLDER OUT GOLDEN        (Debian: r-bioc-sva)
suppressMessages(library(sva))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
out <- arguments[2]
golden <- arguments[3]
dir.create(out, showWarnings = FALSE, recursive = TRUE)
x <- as.matrix(read.csv(file.path(folder, "combat_input.csv"), header = FALSE))
about <- read.csv(file.path(folder, "combat_covars.csv"))
worst <- 0

keep <- function(found, name) {
  write.table(format(found, digits = 17, trim = TRUE), file.path(out, name), sep = ",", row.names = FALSE,
              col.names = FALSE, quote = FALSE)
  expected <- as.matrix(read.csv(file.path(folder, name), header = FALSE))
  difference <- max(abs(found - expected))
  cat(sprintf("%-45s %.1e\n", name, difference))
  worst <<- max(worst, difference)
}

covariates <- model.matrix(~ about[[2]] + about[[3]])
for (parametric in c(TRUE, FALSE)) for (with in c(TRUE, FALSE)) for (mean_only in c(TRUE, FALSE))
  for (reference in c(TRUE, FALSE)) {
    mod <- if (with) covariates else NULL
    found <- suppressMessages(ComBat(x, batch = about$batch, mod = mod, par.prior = parametric, mean.only = mean_only,
                                     ref.batch = if (reference) 2 else NULL))
    keep(found, paste0("combat_sva_", if (parametric) "par" else "nonpar", if (with) "_covs" else "_nocov",
                       if (mean_only) "_meanonly" else "", if (reference) "_ref2" else "", ".csv"))
  }
held <- c(3, 8, 14) + 1
keep(suppressMessages(ComBat(x[, -held], batch = about$batch[-held], mod = covariates[-held, ])),
     "combat_train12_fit.csv")

# Two batches of 400 samples and 8 features from Park and Miller's generator, the sum of twelve uniform numbers minus 6;
# the second batch times 1.5 plus 2. At 600 a batch sva's likelihoods are all 0 and its result is NaN.
state <- 1
uniform <- function() {
  state <<- (16807 * state) %% 2147483647
  state / 2147483647
}
samples <- function(each) {
  state <<- 1
  values <- matrix(0, 8, 2 * each)
  for (sample in 1:(2 * each)) for (feature in 1:8) {
    value <- -6
    for (k in 1:12) value <- value + uniform()
    values[feature, sample] <- value * feature + (if (sample > each) 0.5 * feature else 0)
  }
  values
}
for (each in c(400, 600)) {
  values <- samples(each)
  found <- suppressMessages(ComBat(values, batch = rep(1:2, each = each), par.prior = FALSE))
  cat(sprintf("non-parametric, %d a batch: %d of %d values are finite\n", each, sum(is.finite(found)), length(found)))
  if (each == 400) {
    rows <- t(found[, c(1:5, 401:405)])
    if (file.exists(golden)) worst <- max(worst, abs(rows - as.matrix(read.csv(golden, header = FALSE))))
    write.table(format(rows, digits = 17, trim = TRUE), golden, sep = ",", row.names = FALSE, col.names = FALSE,
                quote = FALSE)
  }
}
cat(sprintf("largest difference %.1e\n", worst))
if (!(worst < 1e-9)) quit(status = 1)
