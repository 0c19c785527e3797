package import Venture

extension Language {
  /// The catalogue's texts, for the report and the command line.
  ///
  /// - Throws: when the texts are not beside the program.
  package func words() throws -> Words {
    let texts = try TextCatalogue(language: self).texts
    return Words(language: self == .english ? .english : .chinese) { texts[$0] }
  }
}
