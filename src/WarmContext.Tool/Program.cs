using System.CommandLine;
using System.CommandLine.Help;
using WarmContext.Tool.Commands;

// No RootCommand: that is called what the assembly is called.
var root = new Command(
    "warmcontext", "Runs a Lambda function on your machine, in an execution environment that really freezes it between invocations.")
{
    RunCommand.Create(),
    AuditCommand.Create(),
    ServeCommand.Create(),
    ReportCommand.Create(),
    new HelpOption(),
    new VersionOption(),
};
return await CommandLine.InvokeAsync(root, args);
