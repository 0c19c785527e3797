/// A picture as shapes, the same for a page, a report and a printed page: SVG and PDF are two ways
/// to write it down. Lengths are points (CSS pixels); the origin is the upper left corner.
package struct Drawing: Sendable {
  /// What a colour means; each medium chooses the colour.
  package enum Ink: Sendable, Hashable {
    case text, muted, axis, grid, accent, gain, loss, warning
    /// Bands of 50, 80 and 95%, darkest first.
    case band50, band80, band95
    /// Categories, safe for colour-blind readers (Okabe & Ito 2008).
    case series(Int)

    /// The class in SVG.
    package var name: String {
      switch self {
      case .text: "text"
      case .muted: "muted"
      case .axis: "axis"
      case .grid: "grid"
      case .accent: "accent"
      case .gain: "gain"
      case .loss: "loss"
      case .warning: "warning"
      case .band50: "band50"
      case .band80: "band80"
      case .band95: "band95"
      case .series(let index): "series\(((index % 8) + 8) % 8)"
      }
    }

    /// Red, green, blue on white paper, 0...1.
    package var paper: (red: Double, green: Double, blue: Double) {
      switch self {
      case .text: (0.11, 0.13, 0.16)
      case .muted: (0.42, 0.45, 0.50)
      case .axis: (0.60, 0.63, 0.67)
      case .grid: (0.90, 0.91, 0.93)
      case .accent: (0.06, 0.36, 0.66)
      case .gain: (0.00, 0.45, 0.35)
      case .loss: (0.76, 0.22, 0.10)
      case .warning: (0.85, 0.55, 0.00)
      case .band50: (0.56, 0.73, 0.89)
      case .band80: (0.74, 0.85, 0.94)
      case .band95: (0.88, 0.93, 0.97)
      case .series(let index): Self.okabeIto[((index % 8) + 8) % 8]
      }
    }

    private static let okabeIto: [(Double, Double, Double)] = [
      (0.00, 0.45, 0.70), (0.90, 0.62, 0.00), (0.00, 0.62, 0.45), (0.80, 0.47, 0.65),
      (0.34, 0.71, 0.91), (0.84, 0.37, 0.00), (0.94, 0.89, 0.26), (0.45, 0.45, 0.45),
    ]
  }

  package enum Anchor: String, Sendable { case start, middle, end }

  package enum Shape: Sendable {
    case line(points: [Point], ink: Ink, width: Double, isDashed: Bool)
    case area(points: [Point], ink: Ink)
    case circle(center: Point, radius: Double, ink: Ink, hint: String)
    case text(String, at: Point, size: Double, anchor: Anchor, ink: Ink, isBold: Bool)
  }

  package struct Point: Sendable, Hashable {
    package var x: Double
    package var y: Double
    package init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  package let width: Double
  package let height: Double
  /// Said to those who cannot see it.
  package let title: String
  package var shapes: [Shape] = []

  package init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  package mutating func line(
    _ points: [Point], _ ink: Ink, width: Double = 1, dashed: Bool = false
  ) {
    shapes.append(.line(points: points, ink: ink, width: width, isDashed: dashed))
  }

  package mutating func area(_ points: [Point], _ ink: Ink) {
    shapes.append(.area(points: points, ink: ink))
  }

  package mutating func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ ink: Ink)
  {
    area(
      [Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height)], ink)
  }

  package mutating func dot(_ point: Point, _ ink: Ink, radius: Double = 3, hint: String = "") {
    shapes.append(.circle(center: point, radius: radius, ink: ink, hint: hint))
  }

  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 11, anchor: Anchor = .start,
    ink: Ink = .text, bold: Bool = false
  ) {
    shapes.append(
      .text(text, at: Point(x, y), size: size, anchor: anchor, ink: ink, isBold: bold))
  }
}
