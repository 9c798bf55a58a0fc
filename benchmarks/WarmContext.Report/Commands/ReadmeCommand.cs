using System.CommandLine;
using WarmContext.LocalServices;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering;

namespace WarmContext.Report.Commands;

/// <summary>Writes the READMEs' numbers from the committed results.</summary>
internal static class ReadmeCommand
{
    public static Command Create()
    {
        var command = new Command("readme", "Writes the READMEs' numbers from benchmarks/results/results.json.");
        command.SetAction(_ =>
        {
            var results = ResultFile.Load(RunCommand.DefaultOutput);
            var file = Path.Combine(RepositoryRoot.Find(), "README.md");
            File.WriteAllText(file, ReadmeSection.Renew(File.ReadAllText(file), results));
            var testing = Path.Combine(RepositoryRoot.Find(), "src", "WarmContext.Testing", "README.md");
            File.WriteAllText(testing, ReadmeSection.RenewTesting(File.ReadAllText(testing), results));
            Console.WriteLine("README.md and src/WarmContext.Testing/README.md have the numbers of benchmarks/results/results.json.");
        });
        return command;
    }
}
