import Venture

/// Pictures of the plan's parts that are not charts over months.
enum PlanPictures {
  private static let width = 720.0
  private static let left = 200.0

  /// One bar a row from 0 to 100%, its parts in the inks of the categories, each with its share inside
  /// where there is room.
  static func shares(
    _ rows: [(name: String, shares: [Double])], parts: [String], title: String,
    format: FigureFormat
  ) -> Drawing {
    let (right, row) = (width - 16, 28.0)
    var (x, y) = (left, 12.0)
    var keys: [(x: Double, y: Double)] = []
    for part in parts {
      let wide = Drawing.width(of: part) + 30
      if x + wide > right, x > left { (x, y) = (left, y + 16) }
      keys.append((x, y))
      x += wide
    }
    let top = parts.isEmpty ? 4 : y + 12
    var drawing = Drawing(width: width, height: top + Double(rows.count) * row, title: title)
    for (index, part) in parts.enumerated() {
      drawing.box(keys[index].x, keys[index].y - 9, 10, 10, .series(index))
      drawing.text(part, keys[index].x + 14, keys[index].y)
    }
    for (index, entry) in rows.enumerated() {
      let y = top + Double(index) * row
      drawing.text(
        Drawing.fitted(entry.name, width: left - 16), left - 10, y + 14, anchor: .end)
      var start = left
      for (part, share) in entry.shares.enumerated() where share > 0 {
        let wide = share * (right - left)
        drawing.box(start, y, wide, row - 8, .series(part))
        let label = format.percent(share)
        if Drawing.width(of: label) + 8 < wide { pill(label, start + wide / 2, y, &drawing) }
        start += wide
      }
    }
    return drawing
  }

  /// A figure on a patch of paper, so that it reads on every ink in light and dark.
  private static func pill(_ label: String, _ x: Double, _ y: Double, _ drawing: inout Drawing) {
    let wide = Drawing.width(of: label) + 4
    drawing.box(x - wide / 2, y + 3, wide, 14, .grid)
    drawing.text(label, x, y + 14, anchor: .middle)
  }

  /// Two bars a row, such as a loss before and after treatment.
  static func pairs(
    _ rows: [(name: String, first: Double, second: Double)], names: (String, String),
    title: String, label: (Double) -> String
  ) -> Drawing {
    let (right, row, top) = (width - 84, 34.0, 26.0)
    let foot = top + Double(rows.count) * row
    var drawing = Drawing(width: width, height: foot + 22, title: title)
    var x = left
    for (name, ink) in [(names.0, Drawing.Ink.band50), (names.1, .accent)] {
      drawing.box(x, 3, 10, 10, ink)
      drawing.text(name, x + 14, 12)
      x += Drawing.width(of: name) + 34
    }
    let axis = Axis(covering: rows.flatMap { [$0.first, $0.second] }, count: 4)
    func place(_ value: Double) -> Double { axis.position(value, from: left, to: right) }
    for tick in axis.ticks {
      drawing.line(
        [.init(place(tick), top - 4), .init(place(tick), foot)], tick == 0 ? .axis : .grid)
      drawing.text(label(tick), place(tick), foot + 16, anchor: .middle, ink: .muted)
    }
    for (index, entry) in rows.enumerated() {
      let y = top + Double(index) * row
      drawing.text(
        Drawing.fitted(entry.name, width: left - 16), left - 10, y + 17, anchor: .end)
      for (value, ink, offset) in [
        (entry.first, Drawing.Ink.band50, 0.0), (entry.second, .accent, 13),
      ] {
        drawing.box(left, y + offset, max(1, place(value) - left), 11, ink)
        drawing.text(label(value), max(left, place(value)) + 5, y + offset + 10, ink: .muted)
      }
    }
    return drawing
  }

  /// The risk matrix: risks by their number, frequent ones on top, dear ones to the right.
  static func matrix(
    _ cells: [(number: Int, likelihood: Int, impact: Int)], across: String, up: String,
    title: String, bounds: (likelihood: [String], impact: [String])
  ) -> Drawing {
    let (left, top, wide, high) = (120.0, 22.0, 112.0, 40.0)
    let foot = top + 5 * high
    var drawing = Drawing(width: width, height: foot + 40, title: title)
    drawing.text(up, left - 10, 12, anchor: .end, ink: .muted)
    drawing.text(across, left + 5 * wide, foot + 34, anchor: .end, ink: .muted)
    for likelihood in 1...5 {
      for impact in 1...5 {
        let (x, y) = (left + Double(impact - 1) * wide, top + Double(5 - likelihood) * high)
        let score = likelihood * impact
        drawing.box(
          x + 1, y + 1, wide - 2, high - 2,
          score >= 15 ? .band50 : score >= 8 ? .band80 : .band95)
        let inside = cells.filter { $0.likelihood == likelihood && $0.impact == impact }
        drawing.text(
          inside.map { "\($0.number)" }.joined(separator: "  "), x + wide / 2, y + high / 2 + 4,
          size: 13, anchor: .middle, bold: true)
      }
      drawing.text(
        bounds.likelihood[likelihood - 1], left - 10,
        top + Double(5 - likelihood) * high + high / 2 + 4, anchor: .end, ink: .muted)
      drawing.text(
        bounds.impact[likelihood - 1], left + (Double(likelihood) - 0.5) * wide, foot + 16,
        anchor: .middle, ink: .muted)
    }
    return drawing
  }
}
