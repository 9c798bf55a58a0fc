using System.Globalization;

namespace WarmContext.Testing.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 128 and the signal's number when a signal ended it.</param>
internal sealed record ProcessExit(int Code)
{
    /// <summary>In the words that Lambda uses.</summary>
    /// <param name="what">What the process was.</param>
    public string Describe(string what) => Code switch
    {
        0 => $"{what} exited without providing a reason",
        128 + 9 => $"{what} exited with error: signal: killed",
        128 + 11 => $"{what} exited with error: signal: segmentation fault",
        128 + 6 => $"{what} exited with error: signal: aborted",
        128 + 15 => $"{what} exited with error: signal: terminated",
        _ => string.Create(CultureInfo.InvariantCulture, $"{what} exited with error: exit status {Code}"),
    };
}
