/// Where and why a text is not JSON. `position` counts bytes from 0.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let position: Int
  package let reason: String
  package var description: String { "\(reason) at byte \(position)" }

  init(_ position: Int, _ reason: String) {
    self.position = position
    self.reason = reason
  }
}
