import Crypto
import Foundation
import Logging

/// The files that a page loads, read once. Their addresses carry a digest, so that a browser may
/// keep them for good.
struct Assets: Sendable {
  struct File: Sendable {
    let bytes: [UInt8]
    let type: String
    let version: String
  }

  private(set) var files: [String: File] = [:]

  /// Template names to where each file lies: our own beside the program, the others in `folder`.
  private static let own = [
    "dashboard.css": "text/css; charset=utf-8", "dashboard.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
  ]
  private static let foreign = [
    "bootstrap.css": ("bootstrap5/css/bootstrap.min.css", "text/css; charset=utf-8"),
    "chart.js": ("chart.js/chart.min.js", "text/javascript; charset=utf-8"),
  ]
  private static let maximumBytes = 4 << 20

  /// A missing file of `folder` leaves the pages readable, without Bootstrap's base or charts.
  init(folder: String, logger: Logger) throws(DashboardError) {
    for (name, type) in Self.own {
      add(name, Array(try Resources.text(name).utf8), type)
    }
    for (name, (path, type)) in Self.foreign {
      let url = URL(filePath: folder).appending(path: path)
      guard let data = try? Data(contentsOf: url), data.count <= Self.maximumBytes else {
        logger.warning(
          "a file of the pages is missing; run scripts/bootstrap to copy it",
          metadata: ["file": "\(url.path)"])
        continue
      }
      add(name, Array(data), type)
    }
  }

  private mutating func add(_ name: String, _ bytes: [UInt8], _ type: String) {
    let version = SHA256.hash(data: bytes).prefix(6).map { hex($0) }.joined()
    files[name] = File(bytes: bytes, type: type, version: version)
  }

  /// For templates: `assets.style` and so on.
  var addresses: [String: Any] {
    func address(_ name: String) -> Any {
      files[name].map { "/assets/\(name)?v=\($0.version)" } ?? false
    }
    return [
      "bootstrap": address("bootstrap.css"), "chart": address("chart.js"),
      "style": address("dashboard.css"), "script": address("dashboard.js"),
      "icon": address("icon.svg"),
    ]
  }
}
