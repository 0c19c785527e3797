extension Drawing {
  /// About how wide a text is: no font is at hand where a drawing is made. Wide characters take an em,
  /// others a little over half of one; it leans high, so that texts do not touch.
  package static func width(of text: String, size: Double = 11) -> Double {
    text.unicodeScalars.reduce(0) { width, scalar in
      switch scalar.value {
      case 0x2E80...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF00...0xFF60: width + size
      case 0x41...0x5A, 0x6D, 0x77: width + size * 0.75
      default: width + size * 0.57
      }
    }
  }

  /// The text, or its beginning and an ellipsis where it is wider than `width`.
  package static func fitted(_ text: String, width: Double, size: Double = 11) -> String {
    guard Self.width(of: text, size: size) > width else { return text }
    var kept = ""
    var used = Self.width(of: "…", size: size)
    for character in text {
      used += Self.width(of: String(character), size: size)
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// A key to the inks above a chart, in as many rows as it needs; what it is drawn at begins below
  /// `height`.
  struct Legend {
    private let places: [(x: Double, y: Double, text: String, ink: Ink)]
    let height: Double

    init(_ entries: [(name: String, ink: Ink)], left: Double, right: Double) {
      var places: [(x: Double, y: Double, text: String, ink: Ink)] = []
      var (x, y) = (left, 12.0)
      for entry in entries {
        let text = Drawing.fitted(entry.name, width: min(220, right - left - 14))
        let width = Drawing.width(of: text) + 30
        if x + width > right + 16, x > left { (x, y) = (left, y + 16) }
        places.append((x, y, text, entry.ink))
        x += width
      }
      self.places = places
      height = entries.isEmpty ? 0 : y + 8
    }

    func draw(on drawing: inout Drawing) {
      for place in places {
        drawing.box(place.x, place.y - 9, 10, 10, place.ink)
        drawing.text(place.text, place.x + 14, place.y)
      }
    }
  }
}
