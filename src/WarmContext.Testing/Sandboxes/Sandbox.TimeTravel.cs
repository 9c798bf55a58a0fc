using WarmContext.Testing.Audits.Sampling;

namespace WarmContext.Testing.Sandboxes;

/// <content>Freezes that are declared longer than they are.</content>
internal sealed partial class Sandbox
{
    private static readonly TimeSpan s_jumpPatience = TimeSpan.FromSeconds(10);

    private TimeSpan _lengthened;

    /// <summary>Has the function find, when it is thawed, that the freeze was longer.</summary>
    /// <returns>False when it isn't frozen.</returns>
    public bool LengthenFreeze(TimeSpan duration)
    {
        lock (_gate)
        {
            if (!IsFrozen || _resources.Preload is not { } page)
            {
                return false;
            }

            _lengthened += duration;
            page.ClockOffset += duration;
            _recorder.Declare(_lengthened);
            return true;
        }
    }

    /// <summary>Just before the thaw.</summary>
    private void BeforeJump()
    {
        if (_lengthened == TimeSpan.Zero || _resources.Preload is not { } page)
        {
            return;
        }

        var isCutOff = _lengthened >= _options.IdleConnectionTimeout;
        if (isCutOff)
        {
            _recorder.CutOff();
        }

        var left = isCutOff ? CutOffByKernel() : 0;
        page.Announce(endsConnections: left > 0);
    }

    /// <summary>Just after the thaw. What the jump ends has ended when the next event is delivered.</summary>
    private void AfterJump()
    {
        if (_lengthened > TimeSpan.Zero)
        {
            _lengthened = TimeSpan.Zero;
            _resources.Preload?.WaitUntilDone(s_jumpPatience);
        }
    }

    /// <summary>Ends the function's connections where that is permitted.</summary>
    /// <returns>How many are left.</returns>
    private int CutOffByKernel() => ProcessSockets.Of(_processes.OfFunction())
        .Count(socket => socket.Remote.Port != 0 && !IsRuntimeApi(socket) && !SocketDiagnostics.TryDestroy(socket));

    private bool IsRuntimeApi(TcpSocket socket) => socket.Remote.Port == _server.Port && (socket.Remote.Address.IsIPv4MappedToIPv6 ? socket.Remote.Address.MapToIPv4() : socket.Remote.Address).Equals(System.Net.IPAddress.Loopback);
}
