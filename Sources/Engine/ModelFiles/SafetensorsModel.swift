/// A folder that holds a model as Hugging Face saves it: `config.json` and either
/// `model.safetensors` or the files that `model.safetensors.index.json` names.
package final class SafetensorsModel: Sendable {
  package let directory: String
  package let configuration: JSONValue
  package let files: [SafetensorsFile]
  /// Tensor name → index in ``files``.
  private let places: [String: Int]

  package init(directory: String) throws(ModelFileError) {
    self.directory = directory
    configuration = try JSONValue(path: directory + "/config.json")
    let indexPath = directory + "/model.safetensors.index.json"
    if FileSystem.exists(indexPath) {
      (files, places) = try Self.openShards(directory, indexPath)
    } else {
      let file = try SafetensorsFile(path: directory + "/model.safetensors")
      files = [file]
      let names = file.tensors.map(\.name) + file.others.keys
      places = Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
    }
  }

  /// All names, of whatever dtype.
  package var names: [String] { places.keys.sorted() }

  /// The tensor of that name, or nil if there is none.
  package func tensor(_ name: String) throws(ModelFileError) -> SafetensorsTensor? {
    guard let place = places[name] else { return nil }
    return try files[place].tensor(name)
  }

  private static func openShards(
    _ directory: String, _ indexPath: String
  ) throws(ModelFileError) -> ([SafetensorsFile], [String: Int]) {
    func error(_ code: ModelFileError.Code, _ field: String, _ message: String) -> ModelFileError {
      ModelFileError(code, path: indexPath, field: field, message: message)
    }
    guard let map = try JSONValue(path: indexPath)["weight_map"]?.asObject else {
      throw error(.missing, "weight_map", "is missing; fetch the file again")
    }
    var shards: [String: Int] = [:]
    var files: [SafetensorsFile] = []
    var places: [String: Int] = [:]
    for (tensor, value) in map.sorted(by: { $0.key < $1.key }) {
      guard let shard = value.asString, isPlainName(shard) else {
        throw error(
          .malformed, "weight_map.\(tensor)",
          "does not name a file of the same folder; the index is damaged or hostile")
      }
      if shards[shard] == nil {
        guard shards.count < ModelFileLimits.shards else {
          throw error(.limit, "weight_map", "names more than \(ModelFileLimits.shards) files")
        }
        shards[shard] = files.count
        files.append(try SafetensorsFile(path: directory + "/" + shard))
      }
      places[tensor] = shards[shard]
    }
    try checkPlaces(places, files, error)
    return (files, places)
  }

  /// The index and the files must agree: each tensor in exactly the file that the index names.
  private static func checkPlaces(
    _ places: [String: Int], _ files: [SafetensorsFile],
    _ error: (ModelFileError.Code, String, String) -> ModelFileError
  ) throws(ModelFileError) {
    var found = 0
    for (number, file) in files.enumerated() {
      for name in file.tensors.map(\.name) + file.others.keys {
        guard places[name] == number else {
          throw error(
            .malformed, "weight_map.\(name)",
            "does not name \(file.path), which holds it; fetch the files again")
        }
        found += 1
      }
    }
    guard found == places.count else {
      throw error(
        .missing, "weight_map",
        "names \(places.count) tensors, but its files hold \(found); fetch the files again")
    }
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(0) && !name.contains("/")
  }
}
