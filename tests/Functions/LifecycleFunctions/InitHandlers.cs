using System.Runtime;
using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>Answers what WarmContext has loaded and compiled in Init.</summary>
public class InitHandlers
{
    private readonly WarmHandler _warm;
    private readonly long _methods;
    private readonly string _assemblies;

    public InitHandlers()
    {
        var before = JitInfo.GetCompiledMethodCount();
        _warm = new WarmHandler();
        new WarmUp().Add(new Warm<object>(static () => new object())).Run();
        _methods = JitInfo.GetCompiledMethodCount() - before;
        _assemblies = string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(static assembly => assembly.GetName().Name));
    }

    public Task<string> Status(string input, ILambdaContext context) =>
        _warm.RunAsync(input, context, (_, _) => Task.FromResult($"{_methods} {_assemblies}"));
}
