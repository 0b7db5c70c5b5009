using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sync.Client.Tests;

/// <summary>What undo promises, over random lives.</summary>
public sealed class UndoPropertyTests
{
    private const int Lives = 150;

    [Test]
    public void Alone_undo_of_everything_restores_every_byte_and_redo_brings_it_back([Values] bool isRejecting, [Values] bool isHearingSlowly)
    {
        for (var seed = 0; seed < Lives; seed++)
        {
            var life = new UndoLife(seed) { IsRejecting = isRejecting, Deletes = seed % 2 == 0 };
            var before = life.Show();
            for (var i = 0; i < 12; i++)
            {
                life.Write();
                if (isHearingSlowly) life.Breathe();
                else life.Settle();
            }
            if (isRejecting) life.Settle();
            var after = isHearingSlowly && !isRejecting ? life.ShowView() : Settled(life);

            while (life.Undo(isRedo: false)) Breathe(life, isHearingSlowly);
            Assert.That(Settled(life), Is.EqualTo(before), $"seed {seed}, undone{Told(life)}");
            Assert.That(life.ShowView(), Is.EqualTo(before), $"seed {seed}, undone, as the device sees it");

            // While a deleted record is on its way back it is not on the device, so what is undone of it meanwhile stands on guesses and may not be redone.
            if (isHearingSlowly && life.Deletes) continue;
            life.Settle();
            while (life.Undo(isRedo: true)) life.Settle();
            Assert.That(WithoutTimes(Settled(life)), Is.EqualTo(WithoutTimes(after)), $"seed {seed}, redone{Told(life)}");

            while (life.Undo(isRedo: false)) Breathe(life, isHearingSlowly);
            Assert.That(Settled(life), Is.EqualTo(before), $"seed {seed}, undone again{Told(life)}");
        }
    }

    [Test]
    public void Over_restarts_too()
    {
        for (var seed = 0; seed < Lives; seed++)
        {
            var life = new UndoLife(seed) { Deletes = false };
            var before = life.Show();
            for (var i = 0; i < 12; i++)
            {
                life.Write();
                life.Breathe();
                if (life.Draw(4) == 0) life.Restart();
            }
            while (life.Undo(isRedo: false))
            {
                life.Breathe();
                if (life.Draw(4) == 0) life.Restart();
            }
            Assert.That(Settled(life), Is.EqualTo(before), $"seed {seed}{Told(life)}");
        }
    }

    [Test]
    public void With_others_undo_destroys_nothing_that_they_wrote_and_both_ends_come_to_the_same()
    {
        for (var seed = 0; seed < Lives; seed++)
        {
            var at = $"seed {seed}";
            var life = new UndoLife(seed) { IsRejecting = seed % 2 == 0, Watch = (before, after, known) => Check(before, after, known, at) };
            for (var i = 0; i < 60; i++)
            {
                switch (life.Draw(8))
                {
                    case 0 or 1: life.Write(); break;
                    case 2: life.Interfere(); break;
                    case 3 or 4: life.Undo(isRedo: false); break;
                    case 5: life.Undo(isRedo: true); break;
                    case 6 when life.Draw(5) == 0: life.Restart(); break;
                    default: life.Breathe(); break;
                }
            }
            Assert.That(Settled(life), Is.EqualTo(life.ShowView()), at);
        }
    }

    // Others write texts of an f and a growing number, and nobody else does. A redo does again what was done to what they had written by then.
    private static void Check(ImmutableArray<Record> before, ImmutableArray<Record> after, int known, string at)
    {
        foreach (var record in before)
        {
            var left = after.FirstOrDefault(other => other.Key == record.Key);
            foreach (var (path, text) in Texts("", record.Fields).Where(pair => pair.Text.StartsWith('f') && int.Parse(pair.Text[1..], CultureInfo.InvariantCulture) > known))
                Assert.That(left is null ? [] : Texts("", left.Fields), Does.Contain((path, text)), $"{at}: {record.Fields} became {left?.Fields}");
        }
    }

    private static IEnumerable<(string Path, string Text)> Texts(string path, CanonicalJson json) => json.Kind switch
    {
        JsonKind.String => [(path, json.AsString()!)],
        JsonKind.List => json.Elements.SelectMany(element => Texts($"{path}[]", element)),
        JsonKind.Object => json.Members.SelectMany(member => Texts($"{path}.{member.Key}", member.Value)),
        _ => [],
    };

    private static void Breathe(UndoLife life, bool isSlow)
    {
        if (isSlow) life.Breathe();
        else life.Settle();
    }

    private static string Told(UndoLife life) => $"\n{string.Join('\n', life.Log)}\n";

    // What this device saw of them were guesses.
    private static string WithoutTimes(string records) => Regex.Replace(records, "\"at\":\"[^\"]*\",", "");

    private static string Settled(UndoLife life)
    {
        life.Settle();
        return life.Show();
    }
}
