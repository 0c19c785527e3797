package import Forecast

/// The frame of a chart over months: axes, grid, labels, and where a point lies.
package struct Plot {
  package var drawing: Drawing
  package let axis: Axis
  package let months: Int
  let left = 64.0
  let right: Double
  let top: Double
  let bottom: Double

  package init(
    title: String, start: Month, months: Int, axis: Axis, format: FigureFormat,
    width: Double = 720, height: Double = 260, legend: [(name: String, ink: Drawing.Ink)] = [],
    label: (Double) -> String
  ) {
    let key = Drawing.Legend(legend, left: left, right: width - 12)
    let height = height + key.height
    drawing = Drawing(width: width, height: height, title: title)
    key.draw(on: &drawing)
    self.axis = axis
    self.months = months
    right = width - 12
    top = 10 + key.height
    bottom = height - 24
    for tick in axis.ticks {
      let place = y(tick)
      drawing.line(
        [.init(left, place), .init(right, place)], tick == 0 ? .axis : .grid)
      drawing.text(label(tick), left - 8, place + 4, anchor: .end, ink: .muted)
    }
    // At most six labels, at whole years where there are many months.
    let step = months <= 14 ? 2 : months <= 30 ? 6 : 12 * ((months + 71) / 72)
    for month in stride(from: 0, to: months, by: step) {
      let name = format.month(start.advanced(by: month))
      let isLast = x(month) + Drawing.width(of: name) / 2 > width
      drawing.text(
        name, isLast ? width : x(month), height - 6,
        anchor: month == 0 ? .start : isLast ? .end : .middle, ink: .muted)
    }
  }

  package func x(_ month: Int) -> Double {
    left + (right - left) * (months > 1 ? Double(month) / Double(months - 1) : 0.5)
  }

  package func y(_ value: Double) -> Double {
    axis.position(min(max(value, axis.low), axis.high), from: bottom, to: top)
  }

  package mutating func band(_ low: [Double], _ high: [Double], _ ink: Drawing.Ink) {
    let count = min(low.count, high.count)
    guard count > 1 else { return }
    let upper = (0..<count).map { Drawing.Point(x($0), y(high[$0])) }
    let lower = (0..<count).reversed().map { Drawing.Point(x($0), y(low[$0])) }
    drawing.area(upper + lower, ink)
  }

  package mutating func curve(
    _ values: [Double], _ ink: Drawing.Ink, width: Double = 2, dashed: Bool = false
  ) {
    let points = values.enumerated().filter { $0.element.isFinite }
      .map { Drawing.Point(x($0.offset), y($0.element)) }
    drawing.line(points, ink, width: width, dashed: dashed)
  }
}
