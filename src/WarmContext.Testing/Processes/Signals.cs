using System.Runtime.InteropServices;

namespace WarmContext.Testing.Processes;

/// <summary>Signals to process groups.</summary>
internal static partial class Signals
{
    private const int Kill = 9;
    private const int Terminate = 15;

    // Linux numbers, on x64 and Arm alike.
    private const int Continue = 18;
    private const int Stop = 19;

    public static void StopGroup(int group) => _ = SendSignal(-group, Stop);

    public static void ContinueGroup(int group) => _ = SendSignal(-group, Continue);

    public static void TerminateProcess(int process) => _ = SendSignal(process, Terminate);

    /// <summary>Kills a group, stopped or not. What has left already is no error.</summary>
    public static void KillGroup(int group) => _ = SendSignal(-group, Kill);

    public static void KillProcess(int process) => _ = SendSignal(process, Kill);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
