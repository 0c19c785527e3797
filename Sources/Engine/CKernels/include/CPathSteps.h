// CPathSteps: the steps of a simulated month over rows of paths, as `Forecast` defines them. The
// structs name the rows of one part of a model once; the functions run them. Rows are as in
// CPaths.h, which holds the table of functions; a pointer that may be NULL is a part that the model
// leaves out. No row overlaps another unless said.
#ifndef CPATHSTEPS_H
#define CPATHSTEPS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A channel of acquisition: spend in [from, to), its growth, and what a customer costs.
typedef struct {
  const double *spend, *growth, *from, *_Nullable to, *cost;
  const double *_Nullable saturation, *_Nullable exponent;
  double *growth_now, *spent;
  /// All but the cost is the same on every path.
  int is_common;
} ck_channel;

/// Those who come: Bass's diffusion, the effect of prices and shocks, and users of a free tier.
typedef struct {
  const double *_Nullable market, *_Nullable innovation, *_Nullable imitation;
  const double *price, *shocks, *adopters;
  /// Of the free tier; NULL together.
  const double *_Nullable signups, *_Nullable growth, *_Nullable conversion, *_Nullable churn;
  double *_Nullable users, *_Nullable growth_now, *_Nullable signed_up, *_Nullable converted,
    *_Nullable left;
} ck_coming;

/// A segment's stock after the leavers, which the new ones join.
typedef struct {
  const double *_Nullable market;
  double *fresh, *customers, *adopters, *usage, *scale;
  /// The oldest cohort of the first column of 8 paths, and rows a column; NULL for none.
  double *_Nullable cohorts;
  size_t stride;
  /// Room in the market is rounded down to whole customers.
  int is_whole;
} ck_joining;

typedef struct {
  const double *customers, *usage, *each;
  const double *_Nullable free_users, *_Nullable free_each;
  double *relative, *_Nullable log_relative, *tokens, *planned;
} ck_using;

/// From machines to what they serve. `capacity` and `least` are a queue's table: throughput that may
/// be used of k machines, and the least k for a whole number of machines' throughput.
typedef struct {
  const double *capacity;
  size_t machines;
  const int32_t *least;
  size_t loads;
  /// Throughput that may be used of each machine beyond the table.
  double limit;
  const double *throughput, *peak, *fewest, *most, *running, *price_index, *token_index;
  const double *_Nullable upstream_share, *_Nullable overflow;
  double *ratio, *before, *demand, *own, *machines_row, *served, *vendor, *missed, *machine_cost,
    *vendor_cost, *depreciation, *used_cost, *idle_cost;
} ck_fleet;

typedef struct {
  const double *month, *count;
} ck_hire;

typedef struct {
  const double *opening, *_Nullable customers_each, *customers, *cost, *growth, *recruiting, *ramp;
  const ck_hire *hires;
  size_t hire_count;
  double *growth_now, *heads, *hired, *spare, *paid;
  /// The hires and the ramp are the same on every path.
  int is_common;
} ck_role;

typedef struct {
  const double *amount, *growth, *from, *_Nullable to;
  double *growth_now, *cost;
  int is_one_off;
} ck_line;

/// A stream's sale of the month; `quantity` and `sale` in place.
typedef struct {
  /// Customers and the share of them: the sale is a customer's until then. NULL together.
  const double *_Nullable customers, *_Nullable attach, *_Nullable multiplier;
  const double *price, *from, *_Nullable index;
  double *quantity, *sale;
} ck_sale;

/// Contracts of `length` months, paid at once; the ring holds those of the last months.
typedef struct {
  const double *sale;
  double *ring, *billed, *revenue, *deferred;
  size_t length;
} ck_contracts;

typedef struct {
  const double *month, *_Nullable cash_below, *amount, *equity, *weight, *cash;
  double *open, *funded, *founders;
} ck_round;

/// The month's closing. `costs` are rows of accounts one behind another.
typedef struct {
  double *costs;
  const int32_t *cost_of_revenue, *operating;
  size_t cost_of_revenue_count, operating_count;
  size_t fee_account, interest_account, tax_account;
  const double *_Nonnull const *_Nonnull billed;
  size_t billed_count;
  const double *revenue, *collected, *owed, *direct, *bought, *paid;
  const double *fee_rate, *revenue_tax_rate, *income_tax_rate;
  const double *funded, *lent, *interest, *principal;
  double *fees, *revenue_tax, *income_tax, *gross, *profit, *cumulative, *loss_carried, *free,
    *unfunded, *cash, *payables, *receivable;
} ck_closing;

/// What is watched of a path. `free_cash` to `profits` are rows of months.
typedef struct {
  const double *profit, *free, *unfunded, *discount, *cumulative, *cash, *revenue, *recurring,
    *gross, *marketing, *demand, *missed, *machine_cost, *depreciation, *vendor_cost;
  double *least, *value, *factor, *streak, *break_even, *last_loss, *ruin, *total_revenue,
    *total_profit, *total_gross, *total_marketing, *token_cost, *margin, *served;
  double *free_cash, *months_recurring, *revenues, *profits;
} ck_watch;

/// `count` is a multiple of 8 and, where rows lie one behind another, their length.
typedef struct {
  double (*sum)(const double *row, size_t count);
  /// into[row] = the sum of the first `count` of each row, in four strands; any count.
  void (*totals)(const double *rows, size_t stride, size_t number, size_t count, double *into);
  /// into = the sum of the rows one after the other, from 0; it may be one of them.
  void (*gather)(const double *_Nonnull const *_Nonnull rows, size_t number, double *into,
                 size_t count);
  void (*product)(const double *a, const double *b, double *into, size_t count);
  /// now *= growth + 1.
  void (*grow)(const double *growth, double *now, size_t count);
  /// row += amount * part.
  void (*put)(const double *amount, double part, double *row, size_t count);

  /// u: uniforms of the hashes of state + i * stride. Those above `none` are in `lanes`, of `count`
  /// places; returns how many.
  size_t (*strike)(uint64_t state, uint64_t stride, const double *none, double *u,
                   uint64_t *lanes, size_t count);
  /// Both factors, as long as an arrival lasts.
  void (*shake)(const double *last, const double *duration, double month, const double *acquisition,
                const double *churn, double *acquisitions, double *churns, size_t count);

  void (*hazard)(const double *price, const double *shocks, const double *_Nullable sensitivity,
                 const double *missed, double *factor, size_t count);
  void (*retain)(const double *attach, const double *retention, const double *from, double month,
                 double *factor, size_t count);
  void (*chance)(const double *customers, const double *expected, double *into, size_t count);
  void (*depart)(const double *expected, const double *churned, double *customers, double *usage,
                 double *scale, size_t count);
  /// Adds the customers that the channel's spend buys.
  void (*spend)(const ck_channel *channel, size_t month, double *mean, size_t count);
  void (*come)(const ck_coming *coming, double *mean, size_t count);
  /// The new ones are cohort `row`; where all older ones had left, the cohorts begin again.
  void (*join)(const ck_joining *joining, size_t row, size_t count);
  void (*use)(const ck_using *use, const double *shock, size_t count);
  /// By age, (churn * kappa) / (kappa + age), and 1 + growth.
  void (*hazards)(const double *churn, const double *kappa, const double *expansion, double *hazard,
                  double *growth, size_t ages, size_t count);

  /// Own demand of `planned`, the smoothed growth of it, and the load `lead` months ahead.
  void (*foresee)(const ck_fleet *fleet, int is_first, size_t lead, double *planned, double *load,
                  size_t count);
  /// Tokens are replaced by machines.
  void (*need)(const ck_fleet *fleet, double *tokens, size_t count);
  void (*serve)(const ck_fleet *fleet, size_t count);
  /// Splits the machines' cost into used and idle.
  void (*split)(const ck_fleet *fleet, size_t count);

  void (*staff)(const ck_role *role, double month, size_t count);
  void (*line)(const ck_line *line, double month, size_t count);

  /// total += (base + slope * each * relative) * (1 - missed).
  void (*charge_line)(double base, double slope, const double *each, const double *relative,
                      const double *missed, double *total, size_t count);
  /// total += mean * (1 - missed).
  void (*charge)(const double *mean, const double *missed, double *total, size_t count);
  void (*sell)(const ck_sale *sale, double month, size_t count);
  /// `won` projects from `from` on join the backlog, of `size` each; `hands` work it off. In place:
  /// backlog and hands. `done`: projects' worth of work.
  void (*work)(const double *won, const double *from, const double *size, double month,
               double *backlog, double *hands, double *done, size_t count);
  void (*bill)(const ck_contracts *contracts, size_t month, size_t count);

  void (*raise)(const ck_round *round, double month, size_t count);
  void (*close)(const ck_closing *closing, size_t count);

  void (*watch)(const ck_watch *watch, size_t month, size_t count);
  /// NaN where there is none.
  void (*internal_rate)(const double *flows, size_t months, double *into, size_t count);
  void (*burn_multiple)(const ck_watch *watch, size_t months, double *into, size_t count);
  void (*rule_of_40)(const ck_watch *watch, size_t months, double *into, size_t count);
} ck_steps;

#pragma clang assume_nonnull end
#endif
