extension Drawing {
  /// `<svg>` that scales to its place; colours come from the page's style by class.
  package var svg: String {
    var out =
      "<svg class=\"drawing\" viewBox=\"0 0 \(Self.short(width)) \(Self.short(height))\" role=\"img\" aria-label=\"\(title.escapedForMarkup)\">"
    for shape in shapes { out += Self.element(shape) }
    return out + "</svg>"
  }

  private static func element(_ shape: Shape) -> String {
    switch shape {
    case .line(let points, let ink, let width, let isDashed):
      return
        "<path class=\"line-\(ink.name)\" d=\"\(path(points))\" stroke-width=\"\(short(width))\"\(isDashed ? " stroke-dasharray=\"4 3\"" : "")/>"
    case .area(let points, let ink):
      return "<path class=\"fill-\(ink.name)\" d=\"\(path(points))Z\"/>"
    case .circle(let center, let radius, let ink, let hint):
      let title = hint.isEmpty ? "" : "<title>\(hint.escapedForMarkup)</title>"
      return
        "<circle class=\"fill-\(ink.name)\" cx=\"\(short(center.x))\" cy=\"\(short(center.y))\" r=\"\(short(radius))\">\(title)</circle>"
    case .text(let text, let point, let size, let anchor, let ink, let isBold):
      return
        "<text class=\"fill-\(ink.name)\" x=\"\(short(point.x))\" y=\"\(short(point.y))\" font-size=\"\(short(size))\" text-anchor=\"\(anchor.rawValue)\"\(isBold ? " font-weight=\"600\"" : "")>\(text.escapedForMarkup)</text>"
    }
  }

  private static func path(_ points: [Point]) -> String {
    var out = ""
    for (index, point) in points.enumerated() {
      out += "\(index == 0 ? "M" : "L")\(short(point.x)) \(short(point.y))"
    }
    return out
  }

  /// One decimal: a tenth of a pixel is finer than any screen.
  static func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let magnitude = tenths.magnitude
    return magnitude % 10 == 0
      ? "\(sign)\(magnitude / 10)" : "\(sign)\(magnitude / 10).\(magnitude % 10)"
  }

  /// The style that gives the classes their colours on paper, for a document that has no other.
  package static var paperStyle: String {
    let inks: [Ink] =
      [.text, .muted, .axis, .grid, .accent, .gain, .loss, .warning, .band50, .band80, .band95]
      + (0..<8).map(Ink.series)
    var out = ".drawing{width:100%;height:auto;font-family:inherit}.drawing path{fill:none}"
    for ink in inks {
      let (red, green, blue) = ink.paper
      let colour =
        "rgb(\(Int((red * 255).rounded())) \(Int((green * 255).rounded())) \(Int((blue * 255).rounded())))"
      out +=
        ".drawing .fill-\(ink.name){fill:\(colour)}.drawing .line-\(ink.name){stroke:\(colour)}"
    }
    return out
  }
}

extension String {
  /// For text and attribute values of HTML, SVG and XML; characters that XML forbids become �.
  package var escapedForMarkup: String {
    var out = ""
    out.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
