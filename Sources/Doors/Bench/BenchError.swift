/// What is wrong with a description of a load: one line with the remedy.
package struct BenchError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
