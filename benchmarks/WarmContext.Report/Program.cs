using WarmContext.Report.Commands;
using WarmContext.Report.Experiments;

return args is [ProbeCommands.Name, .. var probe] ? await ProbeCommands.RunAsync(probe) : await ReportCommand.InvokeAsync(args);
