using System.Reflection;
using System.Runtime.CompilerServices;
using Amazon.Lambda.Core;

namespace WarmContext.Lambda.Tests.Contracts;

public sealed class ContractTests
{
    private const string Newest = "Amazon.Lambda.Core";
    private const string Oldest = "Amazon.Lambda.Core.2.8.0";

    [Theory]
    [InlineData(Newest)]
    [InlineData(Oldest)]
    public void A_contract_has_the_whole_public_api_of_its_version_and_nothing_else(string contract)
    {
        var listed = ApiListing.Read(CoreContract.Listing(contract));
        var actual = ApiListing.Of(CoreContract.Load(contract).Core);

        Assert.True(listed.Count > 60);
        Assert.Equal(string.Join('\n', listed), string.Join('\n', actual));
    }

    [Fact]
    public void The_older_version_is_a_part_of_the_newer() =>
        Assert.Empty(ApiListing.Read(CoreContract.Listing(Oldest)).Except(ApiListing.Read(CoreContract.Listing(Newest))));

    [Fact]
    public void A_logger_that_leaves_out_a_member_that_calls_itself_meets_what_production_meets()
    {
        var body = typeof(ILambdaLogger).GetMethod("Log", [typeof(string), typeof(string), typeof(object[])])!;

        // callvirt, and the token of the method itself: one call would overflow the stack of this process.
        var il = body.GetMethodBody()!.GetILAsByteArray()!;
        var call = Array.IndexOf<byte>(il, 0x6F);
        Assert.Equal(body, body.Module.ResolveMethod(BitConverter.ToInt32(il, call + 1)));
    }

    [Theory]
    [InlineData(Newest)]
    [InlineData(Oldest)]
    public async Task The_package_runs_with_either_version(string contract)
    {
        var context = CoreContract.Load(contract);
        foreach (var method in context.Lambda.GetTypes().SelectMany(static type => type.GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)))
        {
            if (!method.IsAbstract && !method.ContainsGenericParameters && !method.DeclaringType!.ContainsGenericParameters)
            {
                // Compiling it resolves each member that it uses.
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }

        var handlerType = context.Lambda.GetType(typeof(WarmHandler).FullName!)!;
        var priming = handlerType.GetProperty(nameof(WarmHandler.PrimingContext))!.GetValue(null)!;
        var handler = handlerType.GetConstructors().Single(static constructor => constructor.GetParameters().Length == 2
            && constructor.GetParameters()[0].ParameterType.Name == nameof(InvocationOptions))
            .Invoke([null, AfterResponseMechanism.Automatic.GetHashCode()]);
        var run = typeof(ContractTests).GetMethod(nameof(RunAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
        var invocation = handlerType.Assembly.GetReferencedAssemblies().Single(static name => name.Name == "WarmContext");
        var isPriming = context.LoadFromAssemblyName(invocation).GetType("WarmContext.Invocation")!.GetProperty("IsPriming")!;

        Assert.Same(context.Core, handlerType.GetProperty(nameof(WarmHandler.PrimingContext))!.PropertyType.Assembly);
        Assert.True(await (Task<bool>)run.MakeGenericMethod(isPriming.DeclaringType!).Invoke(null, [handler, priming, isPriming])!);
    }

    private static Task<bool> RunAsync<TInvocation>(object handler, object context, PropertyInfo isPriming)
    {
        var run = handler.GetType().GetMethods().Single(static method => method.Name == "RunAsync" && method.IsGenericMethod
            && method.GetGenericArguments().Length == 1 && method.ReturnType.IsGenericType);
        return (Task<bool>)run.MakeGenericMethod(typeof(bool)).Invoke(
            handler, [context, (Func<TInvocation, Task<bool>>)(invocation => Task.FromResult((bool)isPriming.GetValue(invocation)!))])!;
    }
}
