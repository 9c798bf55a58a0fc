// The tool freezes processes by signals, so these tests run where it does.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
