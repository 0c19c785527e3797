extension Backtest {
  /// The program's own simulation as the forecaster.
  package static let simulation: Forecaster = { model, months, paths, seed in
    var model = model
    model.months = months
    let options = Simulation.Options(paths: paths, seed: seed)
    return try Simulation(model).run(options, keeping: paths).1.monthly
  }
}
