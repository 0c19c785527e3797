/// The forecast: what a venture's months will bring, with their uncertainty.
///
/// Start at `Model`, the venture as numbers: every input is a *slot* of its `ParameterTable`, and a
/// slot is a constant, a distribution or a formula. `Simulation` runs the model month by month over
/// many paths into an `Outcome`; `Analysis/` asks which input matters and which choice is best;
/// `Learning/` moves the slots' distributions by what the ledger says. The plan's prose lives above,
/// in `Venture`. Figures are floating point here, since they are estimates: money that was really
/// charged stays in `Ledger` and `Billing`.
package enum Forecast {}
