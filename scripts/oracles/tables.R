# SPDX-License-Identifier: Apache-2.0
# Writes iris.csv and tables_r.csv, which tests/oracle/stats/hypothesis*_oracle_test.cpp expect: tests, corrections,
# correlations and components of R 4.2.2 on data that come with it.
#   Rscript scripts/oracles/tables.R OUT_FOLDER
folder <- commandArgs(trailingOnly = TRUE)[1]
write.table(cbind(iris[, 1:4], species = as.integer(iris$Species) - 1), file.path(folder, "iris.csv"), sep = ",",
            row.names = FALSE, quote = FALSE,
            col.names = c("sepal_length", "sepal_width", "petal_length", "petal_width", "species"))
lines <- "quantity,value"
say <- function(name, ...) {
  values <- format(c(...), digits = 15, trim = TRUE)
  lines <<- c(lines, paste(paste0(name, if (length(values) > 1) paste0("_", seq_along(values))), values, sep = ","))
}
one <- sleep$extra[1:10]
two <- sleep$extra[11:20]
test <- t.test(one, two, var.equal = TRUE)
say("student_sleep", test$statistic, test$parameter, test$p.value)
test <- t.test(one, two)
say("welch_sleep", test$statistic, test$parameter, test$p.value)
x <- c(.80, .83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, .73, 1.46)
y <- c(1.15, .88, .90, .74, 1.21)
test <- wilcox.test(x, y)
say("mann_whitney", test$statistic, test$p.value, wilcox.test(x, y, exact = FALSE)$p.value,
    wilcox.test(x, y, exact = FALSE, correct = FALSE)$p.value)
suppressWarnings(say("mann_whitney_sleep", wilcox.test(one, two)$statistic, wilcox.test(one, two)$p.value,
                     wilcox.test(one, two, correct = FALSE)$p.value))
sums <- summary(aov(weight ~ group, PlantGrowth))[[1]]
say("anova_plants", sums$`F value`[1], sums$`Pr(>F)`[1], sums$`Sum Sq`[1] / sum(sums$`Sum Sq`))
for (j in 1:4) say(paste0("anova_iris_", j), summary(aov(iris[, j] ~ iris$Species))[[1]]$`F value`[1])
test <- kruskal.test(weight ~ group, PlantGrowth)
say("kruskal_plants", test$statistic, test$p.value)
test <- kruskal.test(Ozone ~ Month, airquality)
say("kruskal_airquality", test$statistic, test$parameter, test$p.value)
test <- chisq.test(rbind(c(762, 327, 468), c(484, 239, 477)))
say("chi_squared", test$statistic, test$parameter, test$p.value)
small <- rbind(c(10, 30), c(20, 5))
say("chi_squared_small", chisq.test(small)$statistic, chisq.test(small)$p.value,
    chisq.test(small, correct = FALSE)$statistic, fisher.test(small)$p.value)
p <- c(.01, .04, .03, .005, .20, .5)
for (method in c("BH", "BY", "holm")) say(method, p.adjust(p, method))
say("mtcars", cor(mtcars$mpg, mtcars$wt), cor(mtcars$mpg, mtcars$wt, method = "spearman"))
components <- prcomp(iris[, 1:4])
say("pca_iris", components$sdev^2, components$rotation[, 1])
fit <- summary(glm(drug ~ extra, binomial, data.frame(extra = sleep$extra, drug = rep(0:1, each = 10)),
                   control = list(epsilon = 1e-14)))
say("logistic_sleep", fit$coefficients[2, 1:2])
writeLines(lines, file.path(folder, "tables_r.csv"))
