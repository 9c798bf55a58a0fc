using System.CommandLine;
using WarmContext.Testing;
using WarmContext.Tool.Errors;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Commands;

/// <summary>The options that say what to invoke a function with, and what is to go wrong.</summary>
internal sealed class RunArguments(int repeat)
{
    private readonly Option<string[]> _events = new("--event", "-E")
    {
        Description = "A file with an event as JSON; - is standard input. Name several files, or repeat the option.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> _payloads = new("--payload", "-p")
    {
        Description = "An event as JSON, on the command line.",
        HelpName = "JSON",
    };
    private readonly Option<int> _repeat = Values.Number("--repeat", 1, 1_000_000, repeat, "How often to play the events.");
    private readonly Option<int> _concurrency = Values.Number(
        "--concurrency", 1, 100, 1, "How many environments run side by side; on managed instances, how many invocations run at once.");
    private readonly Option<TimeSpan?> _pause = Values.Time(
        "--pause", TimeSpan.FromHours(1), "How long an environment stays frozen between its invocations, in real time.");
    private readonly Option<TimeSpan?> _freezeFor = Values.Time(
        "--freeze-for",
        TimeSpan.FromDays(14),
        "How long every freeze is for the function. It takes no time: its clocks are moved, and its idle connections are cut off.");
    private readonly Option<string[]> _faults = new("--fault") { Description = FaultHelp, HelpName = "FAULT@N" };

    private const string FaultHelp = "What goes wrong at the Nth invocation: reset (process killed before it), kill (while it runs), "
        + "timeout (stopped until its deadline), init-crash (killed before it, and again in Init), replace (a new environment).";

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_events, _payloads, _repeat, _concurrency, _pause, _freezeFor, _faults])
        {
            command.Options.Add(option);
        }
    }

    public async Task<RunPlan> ReadAsync(ParseResult result, LocalFunctionOptions options, CancellationToken cancellationToken)
    {
        var plan = new RunPlan
        {
            Faults = [.. (result.GetValue(_faults) ?? []).Select(Fault.Parse)],
            Events = await EventReader.ReadAsync(result.GetValue(_events) ?? [], result.GetValue(_payloads) ?? [], cancellationToken),
            Repeat = result.GetValue(_repeat),
            Concurrency = result.GetValue(_concurrency),
            Pause = result.GetValue(_pause),
            FreezeFor = result.GetValue(_freezeFor),
        };
        var isFrozen = options.FreezesBetweenInvocations && options.InitializationType != InitializationType.ManagedInstances;
        if (plan.FreezeFor is not null && !isFrozen)
        {
            throw new ToolException(
                "--freeze-for is given, and the function is never frozen, because of --no-freeze or managed-instances; leave one of them "
                    + "out.");
        }

        if (plan.Faults.Count > 0 && options.InitializationType == InitializationType.ManagedInstances)
        {
            throw new ToolException(
                "--fault is given, and on managed instances it would hit every invocation under way; use it with on-demand.");
        }

        if (plan.Faults.FirstOrDefault(fault => fault.Invocation > (long)plan.Events.Count * plan.Repeat) is { } late)
        {
            throw new ToolException($"--fault is for invocation {late.Invocation}, and there are only {plan.Count}; raise --repeat.");
        }

        options.TimeTravel = plan.FreezeFor is not null;
        if (plan.Faults.Any(static fault => fault.Kind != FaultKind.Replace))
        {
            // In a frozen control group of version 1 a process dies only when it is thawed. In any control group it stays stopped when
            // it is thawed. A fault that comes too late for its invocation would hit the next one.
            options.FreezeMechanism = FreezeMechanism.Signals;
        }

        if (options.InitializationType == InitializationType.ManagedInstances)
        {
            options.MaxConcurrency = Math.Max(options.MaxConcurrency, plan.Concurrency);
        }

        return plan;
    }
}
