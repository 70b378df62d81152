# Reference values for the statistics of generator/stats, made with R.
#
# Run in this folder:  Rscript reference.R
# It writes pairs.csv (the inputs, so that both sides read the same digits) and reference.csv (name, value).
# Packages of Debian: r-base, r-cran-urca, r-cran-strucchange, r-cran-psych, r-cran-tseries.

suppressMessages({
  library(psych)
  library(strucchange)
  library(tseries)
  library(urca)
})

options(digits = 15)
set.seed(20251007)

n <- 300
market <- rnorm(n)
rates <- 0.3 * market + rnorm(n)
x <- 0.02 * (0.6 * market - 0.2 * rates + rnorm(n))
y <- 0.01 * (0.8 * market - 0.1 * rates + rnorm(n))
pairs <- data.frame(x = x, y = y, market = market, rates = rates)
# Prices for the unit-root tests: two walks, and one tied to the first.
pairs$walk_a <- cumsum(x)
pairs$walk_b <- cumsum(y)
pairs$tied <- 0.5 * pairs$walk_a + 0.01 * arima.sim(list(ar = 0.6), n = n)
# Ranks with ties.
pairs$tied_x <- round(x * 50)
pairs$tied_y <- round(y * 100)
write.csv(format(pairs, digits = 17), "pairs.csv", row.names = FALSE, quote = FALSE)
pairs <- read.csv("pairs.csv")

out <- list()
put <- function(name, value) out[[name]] <<- as.numeric(value)

# Correlations and Fisher's interval.
put("pearson", cor(pairs$x, pairs$y))
put("spearman", cor(pairs$x, pairs$y, method = "spearman"))
put("kendall", cor(pairs$x, pairs$y, method = "kendall"))
put("spearman_ties", cor(pairs$tied_x, pairs$tied_y, method = "spearman"))
put("kendall_ties", cor(pairs$tied_x, pairs$tied_y, method = "kendall"))
fisher <- cor.test(pairs$x, pairs$y)$conf.int
put("fisher_lower", fisher[1])
put("fisher_upper", fisher[2])

# Partial correlations (psych).
four <- pairs[, c("x", "y", "market", "rates")]
put("partial_market", partial.r(four, c("x", "y"), "market")[1, 2])
put("partial_market_rates", partial.r(four, c("x", "y"), c("market", "rates"))[1, 2])

# Cross-correlation: ccf(a, b) at lag k pairs a[t + k] with b[t].
cross <- ccf(pairs$y, pairs$x, lag.max = 10, plot = FALSE)
for (k in -10:10) put(paste0("ccf_", k), cross$acf[cross$lag == k])

# Unit roots: the statistic at each lag, so that the lag chosen elsewhere finds its partner.
for (k in 0:16) {
  put(paste0("adf_walk_a_", k), ur.df(pairs$walk_a, type = "drift", lags = k)@teststat[1])
  put(paste0("kpss_walk_a_", k), ur.kpss(pairs$walk_a, type = "mu", use.lag = k)@teststat)
  put(paste0("kpss_x_", k), ur.kpss(pairs$x, type = "mu", use.lag = k)@teststat)
  residual <- residuals(lm(tied ~ walk_a, data = pairs))
  put(paste0("engle_granger_", k), ur.df(residual, type = "none", lags = k)@teststat[1])
}
johansen <- ca.jo(pairs[, c("walk_a", "tied")], type = "trace", ecdet = "none", K = 2, spec = "transitory")
put("johansen_trace_0", johansen@teststat[2])
put("johansen_trace_1", johansen@teststat[1])
johansen <- ca.jo(pairs[, c("walk_a", "tied")], type = "eigen", ecdet = "none", K = 2, spec = "transitory")
put("johansen_eigen_0", johansen@teststat[2])
put("johansen_eigen_1", johansen@teststat[1])
put("engle_granger_slope", coef(lm(tied ~ walk_a, data = pairs))[2])
put("kpss_pvalue_x", suppressWarnings(tseries::kpss.test(pairs$x)$p.value))

# The largest deviation of a Brownian bridge: the p-value of a fluctuation test (strucchange).
influence <- with(pairs, {
  zx <- (x - mean(x)) / sqrt(mean((x - mean(x))^2))
  zy <- (y - mean(y)) / sqrt(mean((y - mean(y))^2))
  zx * zy - mean(zx * zy) * (zx^2 + zy^2) / 2
})
test <- sctest(efp(influence ~ 1, type = "OLS-CUSUM"))
put("cusum_stat", test$statistic)
put("cusum_pvalue", test$p.value)

table <- data.frame(name = names(out), value = format(unlist(out), digits = 15, trim = TRUE))
write.csv(table, "reference.csv", row.names = FALSE, quote = FALSE)
writeLines(c(
  R.version.string,
  paste("psych", packageVersion("psych")),
  paste("strucchange", packageVersion("strucchange")),
  paste("tseries", packageVersion("tseries")),
  paste("urca", packageVersion("urca"))
), "reference.versions.txt")
