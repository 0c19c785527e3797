import Forecast
import Venture

/// A forecast's fan with what came before it: dots for the ledger's months, and another plan's median
/// as a dashed line, each at its own months.
struct FanPicture {
  struct Line {
    let start: Month
    let values: [Double]
  }

  let title: String
  let format: FigureFormat
  let start: Month
  let fan: Outcome.Fan
  var actuals: [(month: Month, value: Double)] = []
  var other: Line?
  var isMoney = true

  private func label(_ value: Double) -> String {
    isMoney ? format.money(value) : format.number(value)
  }

  var drawing: Drawing {
    let bands = fan.quantiles
    guard bands.count == Outcome.levels.count, let median = bands.dropFirst(4).first,
      !median.isEmpty
    else { return Drawing(width: 720, height: 260, title: title) }
    let end = start.advanced(by: median.count)
    let first = min(start, actuals.map(\.month).min() ?? start)
    let axis = Axis(
      covering: bands[0] + bands[8] + actuals.map(\.value) + (other?.values ?? []))
    var plot = Plot(
      title: title, start: first, months: end.index - first.index, axis: axis, format: format,
      label: label)
    let offset = start.index - first.index
    for (low, high, ink) in [(0, 8, Drawing.Ink.band95), (2, 6, .band80), (3, 5, .band50)] {
      let upper = points(bands[high], offset, plot)
      plot.drawing.area(upper + points(bands[low], offset, plot).reversed(), ink)
    }
    if let other {
      let shift = other.start.index - first.index
      let inside = other.values.enumerated().filter {
        (0..<plot.months).contains($0.offset + shift)
      }
      plot.drawing.line(
        inside.map { .init(plot.x($0.offset + shift), plot.y($0.element)) }, .muted, width: 1.5,
        dashed: true)
    }
    plot.drawing.line(points(median, offset, plot), .accent, width: 2)
    for actual in actuals where actual.month < end {
      plot.drawing.dot(
        .init(plot.x(actual.month.index - first.index), plot.y(actual.value)), .text,
        hint: "\(format.month(actual.month)): \(label(actual.value))")
    }
    return plot.drawing
  }

  private func points(_ values: [Double], _ offset: Int, _ plot: Plot) -> [Drawing.Point] {
    values.enumerated().map { .init(plot.x($0.offset + offset), plot.y($0.element)) }
  }
}

extension PlanPages {
  /// What the forecast is held against.
  struct Reference: Sendable {
    /// Medians by measure, from a frozen plan or the plan as written.
    var start: Month
    var medians: [Outcome.Measure: [Double]]
    var name: String
  }

  static let fanMeasures: [Outcome.Measure] = [.cash, .revenue, .profit]

  /// The newest frozen plan; else the plan as written when the forecast is not.
  func reference(
    _ visit: Visit, _ ask: PlanAsk, _ basis: PlanDesk.Request.Basis
  ) async throws -> Reference? {
    if let frozen = try await desk.newestFrozen() {
      let medians = Self.fanMeasures.compactMap { measure in
        frozen.fan(measure)?.quantiles.dropFirst(4).first.map { (measure, $0) }
      }
      return Reference(
        start: frozen.start, medians: Dictionary(uniqueKeysWithValues: medians),
        name: visit.text(
          "plan_reference_frozen",
          ["day": visit.format.longDay(visit.local.day(of: frozen.created))]))
    }
    guard basis == .calibrated || !ask.exponents.isEmpty else { return nil }
    let outcome = try await desk.look(ask.request(.plan, moved: false)).forecasted.outcome
    return Reference(
      start: outcome.start,
      medians: outcome.fans.compactMapValues { $0.quantiles.dropFirst(4).first },
      name: visit.text("plan_reference_plan"))
  }

  func drawings(
    _ visit: Visit, _ look: PlanDesk.Look, _ past: Past, _ reference: Reference?,
    _ format: FigureFormat
  ) -> [(id: String, drawing: Drawing)] {
    let outcome = look.forecasted.outcome
    var drawings: [(String, Drawing)] = Self.fanMeasures.compactMap { measure in
      guard let fan = outcome.fans[measure] else { return nil }
      var picture = FanPicture(
        title: visit.text("plan_\(measure.rawValue)_title"), format: format, start: outcome.start,
        fan: fan, actuals: dots(measure, past))
      picture.other = reference.flatMap { reference in
        reference.medians[measure].map { .init(start: reference.start, values: $0) }
      }
      return (measure.rawValue, picture.drawing)
    }
    drawings.append(("chances", chances(visit, outcome, format)))
    let model = look.forecasted.model
    drawings.append(
      (
        "streams",
        Charts.stack(
          zip(model.streams, outcome.revenueByStream).map { ($0.name, $1) }, start: outcome.start,
          title: visit.text("plan_streams_title"), format: format)
      ))
    return drawings
  }

  /// Whole months of the ledger; its cash only where all of it is booked.
  func dots(_ measure: Outcome.Measure, _ past: Past) -> [(month: Month, value: Double)] {
    guard let actuals = past.actuals, measure != .cash || actuals.hasCapital else { return [] }
    return actuals.complete.compactMap { month in
      month.value(measure).map { (month.month, $0) }
    }
  }

  private func chances(_ visit: Visit, _ outcome: Outcome, _ format: FigureFormat) -> Drawing {
    Charts.chances(
      [
        (visit.text("plan_chance_break_even"), outcome.breakEvenBy, .accent),
        (visit.text("plan_chance_payback"), outcome.paybackBy, .series(1)),
        (visit.text("plan_chance_ruin"), outcome.ruinBy, .loss),
      ], start: outcome.start, title: visit.text("plan_chances_title"), format: format)
  }
}
