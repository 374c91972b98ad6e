import ArgumentParser

/// The command `rmt`.
@main
struct RMT: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rmt", abstract: "Gives a pretrained BERT a memory.")
}
