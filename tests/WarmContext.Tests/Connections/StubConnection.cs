using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Tests.Connections;

/// <summary>A provider's connection that fails where a real one can't be made to.</summary>
public sealed class StubConnection : DbConnection
{
    private ConnectionState _state;

    public Func<Task> OnOpen { get; init; } = static () => Task.CompletedTask;

    public Action OnDispose { get; init; } = static () => { };

    public bool IsDisposed { get; private set; }

    [AllowNull]
    public override string ConnectionString { get; set; } = string.Empty;

    public override string Database => "stub";

    public override string DataSource => "stub";

    public override string ServerVersion => "1";

    public override ConnectionState State => _state;

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await OnOpen();
        _state = ConnectionState.Open;
    }

    public override void Open() => throw new NotSupportedException();

    public override void Close() => _state = ConnectionState.Closed;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        Close();
        base.Dispose(disposing);
        if (disposing)
        {
            OnDispose();
        }
    }
}
