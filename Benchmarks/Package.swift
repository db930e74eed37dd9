// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "copytrade", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmark", dependencies: [.product(name: "Core", package: "copytrade")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    // By itself, since the adapter brings the network libraries, which take minutes to build.
    .executableTarget(
      name: "instruments", dependencies: [.product(name: "DhanAdapter", package: "copytrade")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
