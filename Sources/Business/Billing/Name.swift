/// What a customer, plan, model or upstream may be called: a name is printed in tables, typed in
/// commands and sent in requests, so it is one visible line.
package enum Name {
  package static let maximumBytes = 200

  /// - Throws: `invalid` naming `field`.
  package static func check(_ text: String, field: String) throws(BillingError) {
    let spaces: [Unicode.Scalar?] = [" ", "\u{A0}", "\u{3000}"]
    guard !text.isEmpty, text.utf8.count <= maximumBytes,
      !spaces.contains(text.unicodeScalars.first), !spaces.contains(text.unicodeScalars.last),
      !text.unicodeScalars.contains(where: isHidden)
    else {
      throw BillingError(
        .invalid,
        "\(field): write 1 to \(maximumBytes) bytes on one line, without a space at either end")
    }
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
