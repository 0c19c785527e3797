// CPaths: arithmetic over rows of doubles, one element a simulated path: random draws, elementary
// functions, survival of cohorts, interpolation, counting. One table of functions per instruction
// set, chosen at the first call; all are compiled from `paths_body.h` without fused multiply-adds,
// so that every instruction set gives the same bits. The body at the base level is the
// specification. Callers own every buffer and its bounds.
#ifndef CPATHS_H
#define CPATHS_H

#include <stddef.h>
#include <stdint.h>

#include "CPathSteps.h"

#pragma clang assume_nonnull begin

/// Cells of the table for the normal quantile: 53 octaves of 16, each a cubic of four coefficients,
/// the constant first. Octave o covers [2^(o - 54), 2^(o - 53)), the last one ends at 1/2.
enum { CK_NORMAL_OCTAVES = 53, CK_NORMAL_CELLS = 53 * 16 };

/// Cohorts of `count` paths in columns of 8 paths: [column][stride][8]. Row r of a column is r months
/// after the oldest; `hazard` is by age, so that row r has hazard[rows - 1 - r].
typedef struct {
  double *customers;
  const double *hazard;
  size_t stride, rows, count;
  const double *scale, *factor, *growth;
  double *survivors, *usage;
} ck_cohorts;

/// In all, `count` is a multiple of 8; rows aligned to 64 bytes are fastest.
typedef struct {
  const char *name;
  /// SplitMix64's finaliser of state + i * stride.
  void (*hash)(uint64_t state, uint64_t stride, uint64_t *into, size_t count);
  /// (0, 1) from bits: the middles of 2^52 equal pieces.
  void (*uniform)(const uint64_t *bits, double *into, size_t count);
  /// The same from Philox4x32-10 at key and counter (0, index, path + i): its first 64 bits.
  void (*philox)(uint64_t key, uint32_t index, uint64_t path, double *into, size_t count);
  /// Standard normal of the uniform of the upper 53 bits, increasing; within 2e-7 of the quantile.
  void (*normal)(const double *table, const uint64_t *bits, double *into, size_t count);
  /// The normal quantile to about 1e-15 for chances within (1e-11, 1 - 1e-11); NaN beyond, where the
  /// caller must ask elsewhere. Wichura's AS 241.
  void (*quantile)(const double *chance, double *into, size_t count);
  void (*exponential)(const double *x, double *into, size_t count);
  void (*logarithm)(const double *x, double *into, size_t count);
  /// exp(drift + sigma * z - sigma^2 / 2).
  void (*lognormal)(const double *drift, const double *sigma, const double *z, double *into,
                    size_t count);
  /// The quantile of the bits' uniform: exact below a mean of 8, then Cornish and Fisher's.
  void (*poisson)(const double *table, const double *mean, const uint64_t *bits, double *into,
                  size_t count);
  /// The same for whole numbers of trials, by the variance.
  void (*binomial)(const double *table, const double *trials, const double *chance,
                   const uint64_t *bits, double *into, size_t count);
  /// Gamma of mean and variance `shape`, divided by it; 1 where the shape is not in (0, 1e8).
  /// Marsaglia and Tsang (2000); the hashes of state + i * stride.
  void (*gamma_factor)(const double *table, const double *shape, uint64_t state, uint64_t stride,
                       double *into, size_t count);
  /// customers *= scale * (1 - min(1, factor * hazard)); survivors: their sum; usage: the sum of
  /// customers * growth^(age + 1).
  void (*survive)(const ck_cohorts *cohorts);
  /// Hermite cubics through points[i] = (value, slope in cells), in place; returns nonzero when some
  /// place lay outside (0, cells): those become NaN.
  int (*interpolate)(const double *points, double start, double density, double cells, double *x,
                     size_t count);
  /// counts[clamp((value - low) * scale + 1, 0, top)] += 1, NaN left out. Any `count`.
  void (*count_cells)(const double *values, size_t count, double low, double scale, double top,
                      uint32_t *counts);
  /// Sum of flow[i] * x^i and its derivative; flows [months][stride].
  void (*worth)(const double *flows, size_t months, size_t stride, const double *x, double *value,
                double *slope, size_t count);
  /// The steps of a month.
  ck_steps steps;
} ck_paths;

/// The best table that this machine can run.
const ck_paths *ck_paths_best(void);
/// The table of a level (CK_SCALAR, CK_AVX2, CK_AVX512), or NULL where the machine cannot run it.
const ck_paths *_Nullable ck_paths_level(int level);

#pragma clang assume_nonnull end
#endif
