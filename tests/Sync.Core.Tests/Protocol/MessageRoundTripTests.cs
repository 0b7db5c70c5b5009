using System.Reflection;
using System.Text;
using Sync.Tests;

namespace Sync.Core.Tests;

public sealed class MessageRoundTripTests
{
    [TestCaseSource(nameof(ClientNames))]
    public void A_message_of_a_client_comes_back_as_it_was_written(string name)
    {
        var message = SomeMessages.OfClient.Single(m => m.Name == name).Message;

        Assert.That(Shape.Of(Frames.ReadClient(Frames.Of(message))), Is.EqualTo(Shape.Of(message)));
    }

    [TestCaseSource(nameof(ServerNames))]
    public void A_message_of_a_server_comes_back_as_it_was_written(string name)
    {
        var message = SomeMessages.OfServer.Single(m => m.Name == name).Message;

        Assert.That(Shape.Of(Frames.ReadServer(Frames.Of(message))), Is.EqualTo(Shape.Of(message)));
    }

    [Test]
    public void Every_case_of_the_unions_has_a_message_here()
    {
        Assert.That(SomeMessages.OfClient.Select(m => m.Message.GetType()).Distinct(), Is.EquivalentTo(CasesOf(typeof(ClientMessage))));
        Assert.That(SomeMessages.OfServer.Select(m => m.Message.GetType()).Distinct(), Is.EquivalentTo(CasesOf(typeof(ServerMessage))));
        Assert.That(SomeMessages.EveryOperation.Select(o => o.GetType()).Distinct(), Is.EquivalentTo(CasesOf(typeof(Operation))));
        Assert.That(SomeMessages.EveryOperation.Select(o => o.Condition?.GetType()).OfType<Type>().Distinct(), Is.EquivalentTo(CasesOf(typeof(Condition))));
        Assert.That(SomeMessages.EveryOperation.OfType<Operation.ListInsert>().Select(o => o.Position.GetType()).Distinct(), Is.EquivalentTo(CasesOf(typeof(ListPosition))));
        Assert.That(SomeMessages.Query.Where.Select(c => c.GetType()).Distinct(), Is.EquivalentTo(CasesOf(typeof(QueryCondition))));
    }

    [TestCaseSource(nameof(ClientNames))]
    [TestCaseSource(nameof(ServerNames))]
    public void The_wire_stays_as_its_golden_file_says(string name)
    {
        var frame = Encoding.UTF8.GetString(SomeMessages.OfClient.Where(m => m.Name == name).Select(m => Frames.Of(m.Message))
            .Concat(SomeMessages.OfServer.Where(m => m.Name == name).Select(m => Frames.Of(m.Message))).Single());
        var file = Path.Combine(Repository.Root, "tests/Sync.Core.Tests/Protocol/Golden", name + ".json");
        if (Environment.GetEnvironmentVariable("SYNC_WRITE_GOLDEN") == "1") File.WriteAllText(file, frame + "\n");

        Assert.That(frame, Is.EqualTo(File.ReadAllText(file).TrimEnd('\n')), "The wire has changed. If that was meant: can an older peer still read it? Then run again with SYNC_WRITE_GOLDEN=1.");
    }

    [Test]
    public void No_golden_file_is_left_of_a_message_that_is_gone()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests/Sync.Core.Tests/Protocol/Golden")).Select(Path.GetFileNameWithoutExtension);

        Assert.That(files, Is.EquivalentTo(ClientNames().Concat(ServerNames())));
    }

    [TestCaseSource(nameof(ClientNames))]
    public void The_type_may_stand_anywhere(string name)
    {
        var message = SomeMessages.OfClient.Single(m => m.Name == name).Message;
        var turned = Encoding.UTF8.GetBytes(Turned(CanonicalJson.Parse(Frames.Of(message))));

        Assert.That(Shape.Of(Frames.ReadClient(turned)), Is.EqualTo(Shape.Of(message)));
    }

    [TestCaseSource(nameof(ServerNames))]
    public void Properties_that_are_not_known_are_passed_over(string name)
    {
        var message = SomeMessages.OfServer.Single(m => m.Name == name).Message;
        var frame = Encoding.UTF8.GetString(Frames.Of(message));

        Assert.That(Shape.Of(Frames.ReadServer(Encoding.UTF8.GetBytes(string.Concat("{\"news\":[1,{}],", frame.AsSpan(1))))), Is.EqualTo(Shape.Of(message)));
    }

    private static IEnumerable<string> ClientNames() => SomeMessages.OfClient.Select(m => m.Name);
    private static IEnumerable<string> ServerNames() => SomeMessages.OfServer.Select(m => m.Name);

    private static IEnumerable<Type> CasesOf(Type union) =>
        union.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Where(type => type.IsSubclassOf(union));

    /// <summary>The same JSON with the members of every object in reverse order.</summary>
    private static string Turned(CanonicalJson json) => json.Kind switch
    {
        JsonKind.Object => "{" + string.Join(',', json.Members.Reverse().Select(m => $"{CanonicalJson.From(m.Key)}:{Turned(m.Value)}")) + "}",
        JsonKind.List => "[" + string.Join(',', json.Elements.Select(Turned)) + "]",
        _ => json.ToString(),
    };
}
