// Fields of a ck_paths, after its name.
.hash = hash,
.uniform = uniform,
.philox = philox,
.normal = normal,
.quantile = quantile,
.exponential = exponential,
.logarithm = logarithm,
.lognormal = lognormal,
.poisson = poisson,
.binomial = binomial,
.gamma_factor = gamma_factor,
.survive = survive,
.interpolate = interpolate,
.count_cells = count_cells,
.worth = worth,
.steps = {
#include "steps_table.h"
},
