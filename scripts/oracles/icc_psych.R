# SPDX-License-Identifier: Apache-2.0
# psych's intraclass correlations from the mean squares (lmer = FALSE): writes GOLDEN
# (tests/oracle/stats/icc_psych.csv: six forms of two published tables) and compares it with what was there, and compares
# expected_icc.csv of QIN (qin_prostate_repeatability). Ends with status 1 when a value differs.
#   Rscript scripts/oracles/icc_psych.R QIN GOLDEN        (Debian: r-cran-psych)
suppressMessages(library(psych))
arguments <- commandArgs(trailingOnly = TRUE)
qin <- arguments[1]
golden <- arguments[2]
tables <- list(
  shrout_fleiss = matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), 6, byrow = TRUE),
  pingouin_wine = matrix(c(1, 1, 3, 6, 6, 7, 8, 9, 2, 3, 8, 4, 5, 5, 7, 9, 0, 3, 1, 3, 5, 6, 7, 9, 1, 2, 4, 3, 6, 2, 9,
                           8), 8))
rows <- NULL
for (name in names(tables)) {
  found <- ICC(tables[[name]], lmer = FALSE)$results
  rows <- rbind(rows, data.frame(table = name, form = found$type, icc = found$ICC, lower = found$`lower bound`,
                                 upper = found$`upper bound`, f = found$F, p = found$p))
}
worst <- 0
if (file.exists(golden)) {
  before <- read.csv(golden)
  worst <- max(abs(as.matrix(before[, 3:7]) - as.matrix(rows[, 3:7])))
  cat(sprintf("%s: largest difference %.1e\n", basename(golden), worst))
}
write.csv(format(rows, digits = 17, trim = TRUE), golden, row.names = FALSE, quote = FALSE)

features <- read.csv(file.path(qin, "features.csv"), check.names = FALSE)
expected <- read.csv(file.path(qin, "expected_icc.csv"))
expected <- expected[!is.na(expected$icc1), ]
largest <- 0
for (i in seq_len(nrow(expected))) {
  part <- features[features$structure == expected$structure[i], c("patient", "timepoint", expected$feature[i])]
  part <- part[!is.na(part[[3]]), ]
  wide <- reshape(part, idvar = "patient", timevar = "timepoint", direction = "wide")
  ratings <- as.matrix(wide[, -1])
  ratings <- ratings[complete.cases(ratings), , drop = FALSE]
  found <- suppressWarnings(ICC(ratings, lmer = FALSE)$results$ICC[1:3])
  # The table has ten digits of each value: half a unit of the tenth over the feature's spread.
  digit <- 0.5 * 10^(floor(log10(max(abs(ratings)))) - 9)
  spread <- sqrt(mean((ratings - mean(ratings))^2))
  over <- abs(found - unlist(expected[i, c("icc1", "icc2", "icc3")])) / (1e-9 + 2 * digit / spread)
  largest <- max(largest, over)
}
cat(sprintf("qin_prostate_repeatability: %d features, largest difference %.2f of what ten digits allow\n",
            nrow(expected), largest))
if (!(worst < 1e-9 && largest <= 1)) quit(status = 1)
