import Mustache

/// A struct that a template reads by its properties' names. A nil property answers `false` instead
/// of nothing, so that the template does not go on looking for the name in what surrounds it.
protocol ViewModel: MustacheParent {}

extension ViewModel {
  func child(named name: String) -> Any? {
    for child in Mirror(reflecting: self).children where child.label == name {
      let value = Mirror(reflecting: child.value)
      guard value.displayStyle == .optional else { return Self.plain(child.value) }
      return value.children.first.map { Self.plain($0.value) } ?? false
    }
    return nil
  }

  private static func plain(_ value: Any) -> Any {
    (value as? any RawRepresentable<String>)?.rawValue ?? value
  }
}
