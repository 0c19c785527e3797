package import Forecast

extension Plan {
  /// The plan as the simulation's input with the treatments of these ids, whatever it adopts.
  package func model(treatments: Set<String>) -> Model {
    var model = model(treated: false)
    var lowered = compiled
    lowered.table = model.parameters
    let risk = risks.shocks(&lowered, treated: treatments)
    model.shocks = risk.shocks
    model.costs += risk.costs
    model.parameters = lowered.table
    return model
  }

  /// What each treatment does to the chance of break-even: see `RiskRegister.responseWorth`.
  package func responseWorth(
    _ options: Simulation.Options
  ) throws(ForecastError) -> ResponseWorth {
    try risks.responseWorth(
      model: { model(treatments: $0) },
      run: { (model) throws(ForecastError) in try Simulation(model).run(options) })
  }
}
