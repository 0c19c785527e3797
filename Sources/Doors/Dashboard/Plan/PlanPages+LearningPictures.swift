import Forecast
import Venture

/// What was believed before the data as a thin bar, after them as a thick one, each driver on a scale
/// of its own.
struct IntervalPicture {
  struct Row {
    let name: String
    let prior: Calibration.Interval
    let posterior: Calibration.Interval
    let note: String
  }

  let title: String
  let rows: [Row]

  private static let height = 24.0
  private static let (left, right) = (236.0, 664.0)

  var drawing: Drawing {
    var drawing = Drawing(width: 720, height: Double(rows.count) * Self.height + 8, title: title)
    for (index, row) in rows.enumerated() {
      let y = Double(index) * Self.height + 14
      let values = [row.prior.low, row.prior.high, row.posterior.low, row.posterior.high]
      let axis = Axis(covering: values, withZero: false)
      func x(_ value: Double) -> Double {
        axis.position(value, from: Self.left, to: Self.right)
      }
      drawing.text(row.name, Self.left - 12, y + 4, anchor: .end)
      drawing.line([.init(Self.left, y), .init(Self.right, y)], .grid)
      // Side by side: where they agree, one would hide the other.
      let (before, after) = (y - 4, y + 3)
      drawing.line(
        [.init(x(row.prior.low), before), .init(x(row.prior.high), before)], .muted, width: 2)
      drawing.line(
        [.init(x(row.prior.median), before - 4), .init(x(row.prior.median), before + 3)], .muted,
        width: 2)
      drawing.line(
        [.init(x(row.posterior.low), after), .init(x(row.posterior.high), after)], .accent,
        width: 6)
      drawing.dot(.init(x(row.posterior.median), after), .text, radius: 3.5)
      drawing.text(row.note, 712, y + 4, anchor: .end, ink: .muted)
    }
    return drawing
  }
}

/// From one figure to another by steps that add up.
struct StepPicture {
  let title: String
  let format: FigureFormat
  let from: (name: String, value: Double)
  let steps: [(name: String, value: Double)]
  let to: (name: String, value: Double)

  var drawing: Drawing {
    let (width, height, left, right) = (720.0, 240.0, 64.0, 708.0)
    let (top, bottom) = (18.0, height - 26)
    var levels = [from.value]
    for step in steps { levels.append(levels[levels.count - 1] + step.value) }
    let axis = Axis(covering: levels + [to.value])
    var drawing = Drawing(width: width, height: height, title: title)
    func y(_ value: Double) -> Double { axis.position(value, from: bottom, to: top) }
    for tick in axis.ticks {
      drawing.line([.init(left, y(tick)), .init(right, y(tick))], tick == 0 ? .axis : .grid)
      drawing.text(format.money(tick), left - 8, y(tick) + 4, anchor: .end, ink: .muted)
    }
    let slot = (right - left) / Double(steps.count + 2)
    func bar(_ index: Int, _ low: Double, _ high: Double, _ ink: Drawing.Ink, _ name: String) {
      let x = left + Double(index) * slot + slot * 0.18
      drawing.box(x, min(y(low), y(high)), slot * 0.64, max(1, abs(y(low) - y(high))), ink)
      drawing.text(name, x + slot * 0.32, height - 8, anchor: .middle, ink: .muted)
    }
    func label(_ index: Int, _ value: Double, at level: Double, sign: Bool) {
      drawing.text(
        (sign && value > 0 ? "+" : "") + format.money(value),
        left + Double(index) * slot + slot * 0.5, y(level) - 5, anchor: .middle, bold: true)
    }
    bar(0, 0, from.value, .muted, from.name)
    label(0, from.value, at: max(0, from.value), sign: false)
    for (index, step) in steps.enumerated() {
      bar(index + 1, levels[index], levels[index + 1], step.value < 0 ? .loss : .gain, step.name)
      label(index + 1, step.value, at: max(levels[index], levels[index + 1]), sign: true)
    }
    bar(steps.count + 1, 0, to.value, .accent, to.name)
    label(steps.count + 1, to.value, at: max(0, to.value), sign: false)
    return drawing
  }
}
