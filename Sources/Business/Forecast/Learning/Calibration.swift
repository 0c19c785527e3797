/// Moves a model's drivers by what the ledger says. Widened first, since untrained people's 90%
/// intervals hold about 55% of what happens (Hubbard, "How to Measure Anything", 2014): updating
/// alone does not cure overconfidence.
package enum Calibration {
  package struct Options: Sendable, Hashable, Codable {
    /// σ of every founder's interval is multiplied by it before the data speak; 1 believes the
    /// founder. A founder's own comes from `EstimatorRecord.factor`.
    package var widening = EstimatorRecord.untrainedFactor
    /// Power discount a month of the arrivals' likelihood: newer months weigh more. 1 when what makes
    /// customers come does not change.
    package var discount = 0.97
    /// Below it, the prior is said to be in conflict with the data and loses its weight.
    package var conflict = 0.01
    /// Degrees of freedom of the plan's constants for volatility and overdispersion: how many months
    /// they are worth. nil takes them as known.
    package var processDegrees: Double? = 4
    /// Particles where more than two drivers share their data.
    package var particles = 1_000
    package var seed: UInt64 = 1
    package init() {}
  }

  /// How a driver was updated.
  package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Closed forms.
    case gammaPoisson = "gamma_poisson"
    case betaBinomial = "beta_binomial"
    case normalInverseGamma = "normal_inverse_gamma"
    case dirichlet
    /// Shifted beta-geometric churn, by grid.
    case churnGrid = "sbg_grid"
    /// Any other one or two drivers, by grid.
    case grid
    /// Particles tempered from the Laplace approximation, with resampling.
    case particles
    /// No data about it: only widened.
    case widened
  }

  /// 5%, 50% and 95%, in the driver's unit as written.
  package struct Interval: Sendable, Hashable, Codable {
    package var low: Double
    package var median: Double
    package var high: Double
    package init(low: Double, median: Double, high: Double) {
      self.low = low
      self.median = median
      self.high = high
    }
  }

  package enum Note: String, Sendable, Hashable, Codable, CaseIterable {
    /// The ledger has nothing about it.
    case noData = "no_data"
    /// The data speak against the founder's interval at `Options.conflict`; its weight was reset.
    case conflict
    /// The plan had a constant (or nothing) and the months vary more or less than it says.
    case process
    /// It shares its data with other drivers, so only their combination is well known.
    case shared
    /// The particles ran out of steps before they had taken in all of the data: a hint, not a result.
    case unsettled
  }

  package struct DriverUpdate: Sendable, Hashable, Codable {
    package var slot: String
    package var label: String
    package var unit: String
    package var line: Int
    package var method: Method
    package var prior: Interval
    package var widened: Interval
    package var posterior: Interval
    /// How much of the posterior comes from the data, 0...1: 1 − posterior variance ÷ prior variance
    /// on the normal scale.
    package var dataWeight: Double
    package var observations: Int
    /// Two-sided tail probability of the data under the widened prior; 1 without data.
    package var conflict: Double
    package var notes: [Note]
  }

  package struct Result: Sendable, Hashable, Codable {
    /// Posterior, starting in the month after the actuals with the ledger's state.
    package var model: Model
    package var drivers: [DriverUpdate]
    package var position: Int64
  }
}
package typealias CalibrationResult = Calibration.Result
