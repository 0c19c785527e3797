package import Forecast

/// The charts of the plan; each title says what the chart shows and is written by the caller.
package enum Charts {
  /// Bands at 50/80/95% with the median as a line and what happened as dots.
  package static func fan(
    _ fan: Outcome.Fan, start: Month, title: String, format: FigureFormat,
    actuals: [(month: Int, value: Double)] = [], median other: [Double]? = nil,
    isMoney: Bool = true, isShare: Bool = false
  ) -> Drawing {
    let bands = fan.quantiles
    let label = labeller(format, isMoney: isMoney, isShare: isShare)
    guard bands.count == Outcome.levels.count, let median = bands.dropFirst(4).first else {
      return Drawing(width: 720, height: 260, title: title)
    }
    let axis = Axis(covering: bands[0] + bands[8] + actuals.map { $0.value } + (other ?? []))
    var plot = Plot(
      title: title, start: start, months: median.count, axis: axis, format: format, label: label)
    plot.band(bands[0], bands[8], .band95)
    plot.band(bands[2], bands[6], .band80)
    plot.band(bands[3], bands[5], .band50)
    if let other { plot.curve(other, .muted, width: 1.5, dashed: true) }
    plot.curve(median, .accent)
    for actual in actuals where (0..<median.count).contains(actual.month) {
      plot.drawing.dot(
        .init(plot.x(actual.month), plot.y(actual.value)), .text,
        hint: "\(format.month(start.advanced(by: actual.month))): \(label(actual.value))")
    }
    return plot.drawing
  }

  /// Probabilities by month, one line each, named at their ends.
  package static func chances(
    _ lines: [(name: String, values: [Double], ink: Drawing.Ink)], start: Month, title: String,
    format: FigureFormat
  ) -> Drawing {
    let months = lines.map { $0.values.count }.max() ?? 1
    var plot = Plot(
      title: title, start: start, months: months, axis: Axis(covering: [0, 1]), format: format,
      legend: lines.map { ($0.name, $0.ink) }, label: { format.percent($0) })
    for line in lines { plot.curve(line.values, line.ink) }
    return plot.drawing
  }

  /// Layers that add up, such as revenue by stream, with their names above.
  package static func stack(
    _ layers: [(name: String, values: [Double])], start: Month, title: String, format: FigureFormat
  ) -> Drawing {
    let months = layers.map { $0.values.count }.max() ?? 1
    var sums = [Double](repeating: 0, count: months)
    for layer in layers {
      for (index, value) in layer.values.enumerated() { sums[index] += max(0, value) }
    }
    var plot = Plot(
      title: title, start: start, months: months, axis: Axis(covering: sums), format: format,
      height: 260, legend: layers.enumerated().map { ($1.name, .series($0)) },
      label: { format.money($0) })
    var below = [Double](repeating: 0, count: months)
    for (index, layer) in layers.enumerated() {
      let above = zip(below, layer.values).map { $0 + max(0, $1) }
      plot.band(below, above, .series(index))
      below = above
    }
    return plot.drawing
  }

  /// Bars from a middle: what the result becomes when one driver moves and the others stay.
  package static func tornado(
    _ bars: [(name: String, low: Double, high: Double)], base: Double, title: String,
    format: FigureFormat, isMoney: Bool = true, isShare: Bool = false
  ) -> Drawing {
    let label = labeller(format, isMoney: isMoney, isShare: isShare)
    let width = 720.0
    let left = 230.0
    let row = 24.0
    var drawing = Drawing(width: width, height: Double(bars.count) * row + 34, title: title)
    let axis = Axis(
      covering: bars.flatMap { [$0.low, $0.high] } + [base], withZero: false, count: 4)
    func x(_ value: Double) -> Double { axis.position(value, from: left, to: width - 40) }
    let foot = Double(bars.count) * row + 8
    for tick in axis.ticks {
      drawing.line([.init(x(tick), 4), .init(x(tick), foot)], .grid)
      drawing.text(label(tick), x(tick), foot + 16, anchor: .middle, ink: .muted)
    }
    for (index, bar) in bars.enumerated() {
      let y = Double(index) * row + 8
      let (lowInk, highInk): (Drawing.Ink, Drawing.Ink) =
        bar.low <= bar.high ? (.loss, .gain) : (.gain, .loss)
      drawing.box(min(x(bar.low), x(base)), y, abs(x(bar.low) - x(base)), row - 8, lowInk)
      drawing.box(min(x(bar.high), x(base)), y, abs(x(bar.high) - x(base)), row - 8, highInk)
      drawing.text(
        Drawing.fitted(bar.name, width: left - 14), left - 10, y + 12, anchor: .end)
    }
    drawing.line([.init(x(base), 2), .init(x(base), foot)], .axis, width: 1.5)
    return drawing
  }

  /// A curve of y over x, such as loss exceedance; both axes labelled by the caller.
  package static func curve(
    _ lines: [(name: String, points: [(x: Double, y: Double)], ink: Drawing.Ink)], title: String,
    xLabel: (Double) -> String, yLabel: (Double) -> String, width: Double = 720,
    height plotted: Double = 260, fromZero: Bool = true
  ) -> Drawing {
    let (left, right) = (64.0, width - 30)
    let key = Drawing.Legend(lines.map { ($0.name, $0.ink) }, left: left, right: right)
    let height = plotted + key.height
    var drawing = Drawing(width: width, height: height, title: title)
    key.draw(on: &drawing)
    let across = Axis(covering: lines.flatMap { $0.points.map { $0.x } }, withZero: fromZero)
    let up = Axis(covering: lines.flatMap { $0.points.map { $0.y } }, withZero: fromZero)
    let (top, bottom) = (10 + key.height, height - 24)
    for tick in up.ticks {
      let y = up.position(tick, from: bottom, to: top)
      drawing.line([.init(left, y), .init(right, y)], tick == 0 ? .axis : .grid)
      drawing.text(yLabel(tick), left - 8, y + 4, anchor: .end, ink: .muted)
    }
    for tick in across.ticks {
      let x = across.position(tick, from: left, to: right)
      drawing.text(xLabel(tick), x, height - 6, anchor: .middle, ink: .muted)
    }
    for line in lines {
      drawing.line(
        line.points.map {
          .init(
            across.position($0.x, from: left, to: right), up.position($0.y, from: bottom, to: top))
        }, line.ink, width: 2)
    }
    return drawing
  }

  private static func labeller(
    _ format: FigureFormat, isMoney: Bool, isShare: Bool
  ) -> (Double) -> String {
    if isShare { return { format.percent($0) } }
    return isMoney ? { format.money($0) } : { format.number($0) }
  }
}
