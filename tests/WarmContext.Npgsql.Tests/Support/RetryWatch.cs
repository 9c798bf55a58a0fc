using System.Diagnostics.Metrics;

namespace WarmContext.Npgsql.Tests;

/// <summary>Tells when a data source has had an attempt to open refused, and tries again.</summary>
internal sealed class RetryWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RetryWatch(string pool)
    {
        _listener.InstrumentPublished = static (instrument, listening) =>
        {
            if (instrument.Name == "warmcontext.connection.open.retried")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var (_, value) in tags)
            {
                if (Equals(value, pool))
                {
                    _refused.TrySetResult();
                }
            }
        });
        _listener.Start();
    }

    public Task Refused => _refused.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void Dispose() => _listener.Dispose();
}
