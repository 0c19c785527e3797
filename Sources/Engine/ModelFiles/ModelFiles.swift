/// ModelFiles reads and writes the files that hold models: GGUF (versions 2 and 3) and
/// safetensors, memory-mapped. It knows names, element types, shapes and bytes, and nothing of what
/// the tensors mean. A file is untrusted: every length, count and offset is checked for overflow and
/// against the bytes that are left before anything is allocated, so memory stays within a small
/// multiple of the file's size, and every refusal names the field and its offset.
///
/// Start at ``GGUFFile`` and ``SafetensorsModel``; ``StoredTensor`` is what both hand out.
enum ModelFileLimits {
  /// Longest string in a GGUF file, bytes.
  static let stringBytes = 64 << 20
  /// Longest name of a tensor or key, bytes.
  static let nameBytes = 65_535
  /// Deepest nesting of arrays in GGUF metadata.
  static let arrayDepth = 4
  /// Most dimensions of a tensor.
  static let dimensions = 4
  /// Largest single dimension.
  static let dimension = 1 << 40
  /// Largest `general.alignment`, bytes.
  static let alignment = 1 << 20
  /// Largest safetensors header, bytes (the format's own limit).
  static let safetensorsHeaderBytes = 100_000_000
  /// Largest `model.safetensors.index.json` or `config.json`, bytes.
  static let jsonBytes = 16 << 20
  /// Most files that one sharded model may name.
  static let shards = 4_096
}
