using System.Net;
using WarmContext.Testing.Audits.Sampling;
using WarmContext.Testing.Isolation.Preload;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <summary>Freezes that are longer for the function than they are. Used under the sandbox's lock.</summary>
/// <param name="settings">
/// Has the page shared with the library that moves the function's clocks, and the network's patience with idle connections.
/// </param>
/// <param name="processes">Whose connections are cut off.</param>
/// <param name="recorder">Told of it.</param>
/// <param name="runtimeApiPort">The Runtime API's port: connections to it stay.</param>
internal sealed class TimeTravel(SandboxSettings settings, SandboxProcesses processes, SandboxRecorder recorder, int runtimeApiPort)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly PreloadPage? _page = settings.Resources.Preload;
    private TimeSpan _lengthened;

    /// <summary>Makes the freeze that goes on longer.</summary>
    /// <returns>False when the function's clocks can't be moved.</returns>
    public bool Lengthen(TimeSpan duration)
    {
        if (_page is null)
        {
            return false;
        }

        _lengthened += duration;
        _page.ClockOffset += duration;
        recorder.Declare(_lengthened);
        return true;
    }

    /// <summary>Just before the thaw.</summary>
    public void BeforeThaw()
    {
        if (_lengthened == TimeSpan.Zero || _page is null)
        {
            return;
        }

        var isCutOff = _lengthened >= settings.Options.IdleConnectionTimeout;
        if (isCutOff)
        {
            recorder.CutOff();
        }

        var left = isCutOff ? CutOffByKernel() : 0;
        _page.Announce(endsConnections: left > 0);
    }

    /// <summary>Just after the thaw. What the jump ends has ended when the next event is delivered.</summary>
    public void AfterThaw()
    {
        if (_lengthened > TimeSpan.Zero)
        {
            _lengthened = TimeSpan.Zero;
            _page?.WaitUntilDone(s_patience);
        }
    }

    /// <summary>Ends the function's connections where that is permitted.</summary>
    /// <returns>How many are left.</returns>
    private int CutOffByKernel() => ProcessSockets.Of(processes.OfFunction())
        .Count(socket => socket.Remote.Port != 0 && !IsRuntimeApi(socket.Remote) && !SocketDiagnostics.TryDestroy(socket));

    private bool IsRuntimeApi(IPEndPoint remote) =>
        remote.Port == runtimeApiPort
            && (remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address).Equals(IPAddress.Loopback);
}
