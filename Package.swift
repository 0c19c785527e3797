// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// A room of the house: its floor names the folder, its imports may only go downward.
func room(
  _ name: String, floor: String, _ dependencies: [Target.Dependency] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)",
    resources: resources, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: swift)
}

let package = Package(
  name: "breakeven",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "breakeven", targets: ["breakeven"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    // Engine
    .target(name: "CKernels", path: "Sources/Engine/CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    room("Tensor", floor: "Engine", ["CKernels"]),
    room("Tokenizers", floor: "Engine"),
    room("ModelFiles", floor: "Engine", ["Tensor"]),
    room("Transformer", floor: "Engine", ["Tensor", "ModelFiles"]),
    room("Inference", floor: "Engine", ["Transformer", "Tokenizers", "ModelFiles", "Tensor"]),
    // Business
    room("Ledger", floor: "Business", [.product(name: "Crypto", package: "swift-crypto")]),
    room(
      "Billing", floor: "Business", ["Ledger", .product(name: "Crypto", package: "swift-crypto")]),
    room("Forecast", floor: "Business", ["Ledger", "Billing", "CKernels"]),
    room(
      "Venture", floor: "Business",
      ["Forecast", "Ledger", "Billing", .product(name: "Yams", package: "Yams")],
      resources: [.copy("Resources")]),
    // Doors
    room(
      "Store", floor: "Doors",
      [
        "Ledger", "Billing", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    room(
      "Gateway", floor: "Doors",
      [
        "Inference", "Billing", "Ledger", "Tokenizers",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    room(
      "Dashboard", floor: "Doors",
      [
        "Billing", "Ledger", "Forecast", "Venture",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ], resources: [.copy("Resources")]),
    .systemLibrary(
      name: "CPango", path: "Sources/Doors/CPango", pkgConfig: "pangocairo",
      providers: [.apt(["libpango1.0-dev"])]),
    room("Print", floor: "Doors", ["Venture", "CPango"]),
    .executableTarget(
      name: "breakeven",
      dependencies: [
        "Inference", "Ledger", "Billing", "Forecast", "Venture", "Store", "Gateway", "Dashboard",
        "Print", "ModelFiles", "Tokenizers", "Tensor",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ], path: "Sources/Doors/breakeven", swiftSettings: swift),
    // Tests
    .target(
      name: "TestSupport", dependencies: ["Ledger", "Billing"], path: "Tests/TestSupport",
      swiftSettings: swift),
    tests("Tensor", ["Tensor", "CKernels"], fixtures: true),
    tests("Tokenizers", ["Tokenizers"], fixtures: true),
    tests("ModelFiles", ["ModelFiles", "Tensor"]),
    tests("Transformer", ["Transformer", "ModelFiles", "Tensor"], fixtures: true),
    tests("Inference", ["Inference", "Transformer", "Tokenizers"], fixtures: true),
    tests("Ledger", ["Ledger", "TestSupport"]),
    tests("Billing", ["Billing", "Ledger", "TestSupport"]),
    tests(
      "Forecast", ["Forecast", "Billing", "Ledger", "CKernels", "TestSupport"], fixtures: true),
    tests(
      "Venture",
      [
        "Venture", "Forecast", "Billing", "Ledger", "TestSupport",
        .product(name: "Yams", package: "Yams"),
      ], fixtures: true),
    tests("Print", ["Print", "Venture", "Forecast", "Ledger"]),
    tests(
      "Store",
      ["Store", "Billing", "Ledger", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "Gateway",
      [
        "Gateway", "Store", "Billing", "Ledger", "TestSupport", "Inference", "Tokenizers",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "Dashboard",
      [
        "Dashboard", "Billing", "Ledger", "Forecast", "Venture", "TestSupport",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)
