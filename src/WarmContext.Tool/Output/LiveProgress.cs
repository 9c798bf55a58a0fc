using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WarmContext.Tool.Reporting;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>A live table on a terminal: what every environment is doing; the function's lines scroll by above it.</summary>
internal sealed class LiveProgress : RunProgress
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private const int BarWidth = 30;

    private readonly object _gate = new();
    private readonly LiveArea _area;
    private readonly int _invocations;
    private readonly SortedDictionary<int, Lane> _lanes = [];
    private readonly Queue<string> _lines = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly Task _showing;
    private bool _hasChanged = true;
    private int _answered;
    private int _failed;

    public LiveProgress(IAnsiConsole console, int invocations)
    {
        _area = new LiveArea(console);
        _invocations = invocations;
        _showing = Task.Factory.StartNew(Show, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    protected override bool IsLive => true;

    public override void Initializing(int environment) => Change(environment, "[yellow]Init[/]");

    public override void Initialized(int environment, TimeSpan? init) =>
        Change(environment, init is null ? "[red]Init failed[/]" : $"[grey]initialized in {Words.Of(init.Value)}[/]");

    public override void Invoking(int environment, int number) =>
        Change(environment, string.Create(CultureInfo.InvariantCulture, $"[green]invocation {number}[/]"));

    public override void Frozen(int environment) => Change(environment, "[blue]frozen[/]");

    public override void Ended(int environment)
    {
        lock (_gate)
        {
            _hasChanged = true;
            _lanes.Remove(environment);
        }
    }

    public override void Answered(InvocationResult result)
    {
        lock (_gate)
        {
            _hasChanged = true;
            _answered++;
            _failed += result.Outcome.IsSuccess ? 0 : 1;
            if (_lanes.TryGetValue(result.Environment, out var lane))
            {
                _lanes[result.Environment] = lane with
                {
                    Invocations = lane.Invocations + 1,
                    Last = result.Outcome.Duration,
                    State = "[grey]answered[/]",
                };
            }
        }
    }

    public override void Wrote(int environment, string line) => Enqueue($"[grey]{environment}[/] {Markup.Escape(line)}");

    public override void Say(string message) => Enqueue($"[yellow]{Markup.Escape(message)}[/]");

    public override void Dispose()
    {
        base.Dispose();
        _ended.Set();
        try
        {
            _showing.Wait();
        }
        catch (AggregateException exception)
        {
            // A terminal that can't be drawn on is no reason to fail a run.
            Console.Error.WriteLine($"warmcontext: the progress could not be shown: {exception.InnerException}");
        }

        _ended.Dispose();
    }

    protected override void Show(string line) => Enqueue(Markup.Escape(line));

    private void Change(int environment, string state)
    {
        lock (_gate)
        {
            _hasChanged = true;
            _lanes[environment] = (_lanes.TryGetValue(environment, out var lane) ? lane : new Lane(state, 0, null)) with { State = state };
        }
    }

    private void Enqueue(string markup)
    {
        lock (_gate)
        {
            _hasChanged = true;
            _lines.Enqueue(markup);
        }
    }

    // On one thread alone, because the console draws from one.
    private void Show()
    {
        _area.Begin();
        try
        {
            bool isOver;
            do
            {
                isOver = _ended.Wait(s_interval);
                string[] lines;
                IRenderable[] rows;
                lock (_gate)
                {
                    if (!_hasChanged)
                    {
                        continue;
                    }

                    _hasChanged = false;
                    lines = [.. _lines];
                    _lines.Clear();
                    rows = Rows();
                }

                _area.Draw(lines, rows);
            }
            while (!isOver);
        }
        finally
        {
            _area.End();
        }
    }

    private IRenderable[] Rows()
    {
        var count = _invocations == 0 ? Invariant($"{_answered} invocations") : Invariant($"{_answered} of {_invocations}");
        var filled = _invocations == 0 ? BarWidth : _answered * BarWidth / _invocations;
        var bar = new Markup(
            $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] "
                + $"{count}{(_failed > 0 ? Invariant($", [red]{_failed} failed[/]") : string.Empty)}");
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns(string.Empty, string.Empty, string.Empty, string.Empty);

        // A row for the bar, and one for what there is no room for.
        var room = _lanes.Count <= _area.MaxRows - 1 ? _lanes.Count : Math.Max(1, _area.MaxRows - 2);
        foreach (var (number, lane) in _lanes.Take(room))
        {
            table.AddRow(
                string.Create(CultureInfo.InvariantCulture, $"[grey]environment {number}[/]"),
                lane.State,
                string.Create(CultureInfo.InvariantCulture, $"{lane.Invocations} done"),
                lane.Last is null ? string.Empty : "last " + Words.Of(lane.Last.Value));
        }

        return
        [
            .. _lanes.Count > 0 ? (IRenderable[])[table] : [],
            .. _lanes.Count > room ? (IRenderable[])[new Markup(Invariant($"[grey]and {_lanes.Count - room} more[/]"))] : [],
            bar,
        ];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Lane(string State, int Invocations, TimeSpan? Last);
}
