using System.Globalization;

namespace WarmContext.Testing.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 128 and the signal's number when a signal ended it.</param>
internal sealed record ProcessExit(int Code)
{
    /// <summary>In the words that Lambda uses.</summary>
    public string Describe() => Code switch
    {
        0 => "Runtime exited without providing a reason",
        128 + 9 => "Runtime exited with error: signal: killed",
        128 + 11 => "Runtime exited with error: signal: segmentation fault",
        128 + 6 => "Runtime exited with error: signal: aborted",
        128 + 15 => "Runtime exited with error: signal: terminated",
        _ => string.Create(CultureInfo.InvariantCulture, $"Runtime exited with error: exit status {Code}"),
    };
}
