using System.Reflection;
using WarmContext.Testing.FunctionHost.Handlers;

namespace WarmContext.Testing.Tests;

public sealed class TypeTableTests
{
    public static TheoryData<string> Assemblies =>
        ["System.Private.CoreLib", "System.Private.Xml", "System.Linq.Expressions", "xunit.core", "xunit.assert", "WarmContext.Testing"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_plain_type_is_found_and_nothing_else(string name)
    {
        var assembly = Assembly.Load(name);
        var found = 0;
        foreach (var type in assembly.GetTypes())
        {
            var result = TypeTable.Find(assembly, type.FullName!);
            Assert.True(result is null || result == type, $"{type.FullName} gave {result}.");
            var plain = !type.IsNested && !type.IsGenericType
                && type.FullName!.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_');
            Assert.Equal(plain, result is not null);

            // In the table a nested type's name stands without its surroundings, like that of a type without a namespace.
            Assert.False(TypeTable.Find(assembly, type.Name) is { IsNested: true }, $"{type.FullName} was found by its own name alone.");
            found += plain ? 1 : 0;
        }

        Assert.NotEqual(0, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("LocalExecutionEnvironment")]
    [InlineData("WarmContext.Testing.")]
    [InlineData("WarmContext.Testing.LocalExecutionEnvironmen")]
    [InlineData("WarmContext.Testing.LocalExecutionEnvironments")]
    [InlineData("WarmContext.testing.LocalExecutionEnvironment")]
    [InlineData("WarmContext.Testing.LocalExecutionEnvironment, WarmContext.Testing")]
    public void What_is_no_full_name_of_a_type_is_not_found(string name) =>
        Assert.Null(TypeTable.Find(typeof(LocalExecutionEnvironment).Assembly, name));
}
