// Processes are frozen by signals, so these tests run where the package does.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
